import type { Grouping } from '../../core/portfolio/aggregate.ts';
import { type Period, periods } from '../../core/portfolio/growth.ts';
import type { View } from '../../core/portfolio/portfolio.ts';
import { type Realm, realms } from '../../core/portfolio/rateTable.ts';

/** What a message about a portfolio shows. It travels in buttons, so it is written as short text. */
export interface Shown {
  by: Grouping;
  realm: Realm | undefined;
  scope: NonNullable<View['scope']> | undefined;
  period: Period;
  page: number;
  /** Ask the exchanges rather than show what is known. */
  fresh: boolean;
}

export const usualView: Shown = {
  by: 'account',
  realm: undefined,
  scope: undefined,
  period: '30d',
  page: 1,
  fresh: false,
};

const bys = { a: 'account', e: 'exchange', g: 'group' } as const;
const scopes = { a: 'account', e: 'exchange', g: 'group_of' } as const;
type Letter = keyof typeof bys;

const letterOf = <T>(of: Record<Letter, T>, value: T): Letter | undefined =>
  (Object.keys(of) as Letter[]).find((letter) => of[letter] === value); // the keys of the record above

/** At most `b=a;r=p;a=exa_…;t=90d;n=99;x`, which leaves room for the name of the command. */
export function encode({ by, realm, scope, period, page, fresh }: Shown): string {
  const parts = [
    by !== usualView.by && `b=${letterOf(bys, by)}`,
    realm && `r=${realm[0]}`,
    scope && `${letterOf<string>(scopes, scope.by)}=${scope.key}`,
    period !== usualView.period && `t=${period}`,
    page > 1 && `n=${page}`,
    fresh && 'x=1',
  ];
  return parts.filter(Boolean).join(';') || 'all';
}

export function decode(text: string): Shown {
  const parts = new Map(text.split(';').map((part) => part.split('=', 2) as [string, string | undefined]));
  const letter = parts.get('b');
  const page = Number(parts.get('n') ?? 1);
  const at = (Object.keys(scopes) as Letter[]).find((one) => parts.get(one)); // the keys of the record above
  return {
    by: letter === 'a' || letter === 'e' || letter === 'g' ? bys[letter] : usualView.by,
    realm: realms.find((realm) => realm[0] === parts.get('r')),
    scope: at && { by: scopes[at], key: parts.get(at) ?? '' },
    period: periods.find((period) => period === parts.get('t')) ?? usualView.period,
    page: Number.isSafeInteger(page) && page > 0 && page < 1e6 ? page : 1,
    fresh: parts.get('x') === '1',
  };
}

/** Of one account, where the view is that of one. */
export const accountOf = ({ scope }: Shown): string | undefined => (scope?.by === 'account' ? scope.key : undefined);
