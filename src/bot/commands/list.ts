import type { Command } from '../command.ts';
import {
  accountGone,
  accountGroup,
  accountPage,
  accountRemove,
  accountRename,
  accountShow,
  accounts,
  accountTurn,
  removeaccount,
} from './accounts.ts';
import {
  accountAt,
  accountDemo,
  accountHere,
  accountKey,
  accountRotate,
  accountRotateLong,
  accountType,
  accountTypeLong,
  addaccount,
} from './addAccount.ts';
import { alerts, alertsAdd, alertsQuick, alertsRemove } from './alerts.ts';
import {
  backtest,
  batch,
  optimize,
  runBest,
  runCancel,
  runCompare,
  runMonteCarlo,
  runOptimize,
  runShow,
  runWalk,
} from './backtest.ts';
import { backtests, runReport, runTrades } from './backtests.ts';
import { help, language, menu, neverMind, start } from './basics.ts';
import { contract } from './contract.ts';
import { documentBuyer, documentList, documentSend } from './documents.ts';
import { link, linkAgree, linkRefuse } from './link.ts';
import { performance, performanceView } from './performance.ts';
import { plans, plansShow, trial } from './plans.ts';
import { portfolio, portfolioCsv, portfolioView } from './portfolio.ts';
import { positions, positionsView } from './positions.ts';
import { contractAuto, contractNext, coupon, renew, rent, rentPay, rentTopup, upgrade } from './rent.ts';
import { roles, rolesClear, rolesSet } from './roles.ts';
import { settings, settingsMute, settingsQuiet, settingsQuietOff } from './settings.ts';
import { strategies } from './strategies.ts';
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
  strategies,
  backtest,
  backtests,
  optimize,
  batch,
  accounts,
  addaccount,
  removeaccount,
  portfolio,
  positions,
  performance,
  alerts,
  valuation,
  link,
  settings,
  roles,
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
  runShow,
  runCancel,
  runTrades,
  runReport,
  runOptimize,
  runWalk,
  runCompare,
  runMonteCarlo,
  runBest,
  rolesSet,
  rolesClear,
  settingsMute,
  settingsQuiet,
  settingsQuietOff,
  accountPage,
  accountShow,
  accountTurn,
  accountRename,
  accountGroup,
  accountKey,
  accountRotate,
  accountRotateLong,
  accountRemove,
  accountGone,
  accountDemo,
  accountHere,
  accountAt,
  accountType,
  accountTypeLong,
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
