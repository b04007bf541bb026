import type { Command } from '../command.ts';
import { alerts, alertsAdd, alertsQuick, alertsRemove } from './alerts.ts';
import { help, language, menu, neverMind, start } from './basics.ts';
import { contract } from './contract.ts';
import { documentBuyer, documentList, documentSend } from './documents.ts';
import { link, linkAgree, linkRefuse } from './link.ts';
import { performance, performanceView } from './performance.ts';
import { plans, plansShow, trial } from './plans.ts';
import { portfolio, portfolioCsv, portfolioView } from './portfolio.ts';
import { positions, positionsView } from './positions.ts';
import { contractAuto, contractNext, coupon, renew, rent, rentPay, rentTopup, upgrade } from './rent.ts';
import { settings, settingsMute, settingsQuiet, settingsQuietOff } from './settings.ts';
import { receipt, topup, topupCancel, topupCheck, topupShow, topups } from './topup.ts';
import {
  transactions,
  transactionsCsv,
  transactionsDates,
  transactionsFilter,
  transactionsReceipts,
  transactionsView,
} from './transactions.ts';
import { valuation, valuationCost, valuationDust } from './valuation.ts';
import { wallet } from './wallet.ts';

/** Every command of every chat, in the order in which menus show them. */
export const commands: readonly Command[] = [
  menu,
  topup,
  wallet,
  transactions,
  plans,
  contract,
  renew,
  upgrade,
  coupon,
  portfolio,
  positions,
  performance,
  alerts,
  valuation,
  link,
  settings,
  language,
  help,
  start,
  // reached by buttons
  topups,
  topupShow,
  topupCheck,
  topupCancel,
  receipt,
  transactionsView,
  transactionsFilter,
  transactionsReceipts,
  transactionsDates,
  transactionsCsv,
  documentList,
  documentSend,
  documentBuyer,
  linkAgree,
  linkRefuse,
  plansShow,
  trial,
  rent,
  rentPay,
  rentTopup,
  contractNext,
  contractAuto,
  settingsMute,
  settingsQuiet,
  settingsQuietOff,
  portfolioView,
  portfolioCsv,
  positionsView,
  performanceView,
  alertsAdd,
  alertsQuick,
  alertsRemove,
  valuationCost,
  valuationDust,
  neverMind,
];
