import { Decimal as Library } from 'decimal.js';

/**
 * Exact decimals for what exchanges say and what is computed from it: they write quantities with up to thirty digits,
 * and the whole portfolio has to come to the same satang in whatever order it is added up.
 */
export const Decimal = Library.clone({ precision: 80, toExpNeg: -80, toExpPos: 80 });
export type Decimal = Library;

/** A decimal as exchanges and the database write it: `0.00000001`. Never a number on its way in or out. */
export type DecimalText = string;
