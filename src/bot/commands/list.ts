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
import { help, language, menu, neverMind, start } from './basics.ts';
import { contract } from './contract.ts';
import { documentBuyer, documentList, documentSend } from './documents.ts';
import { link, linkAgree, linkRefuse } from './link.ts';
import { plans, plansShow, trial } from './plans.ts';
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
  accounts,
  addaccount,
  removeaccount,
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
  neverMind,
];
