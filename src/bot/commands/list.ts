import type { Command } from '../command.ts';
import { help, language, menu, neverMind, start } from './basics.ts';
import { documentBuyer, documentList, documentSend } from './documents.ts';
import { link, linkAgree, linkRefuse } from './link.ts';
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
  settingsMute,
  settingsQuiet,
  settingsQuietOff,
  neverMind,
];
