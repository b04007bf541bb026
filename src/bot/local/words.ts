import type { Language } from '../../core/text/text.ts';

/** The words of the page around the chat. What the bot says is in `core/text`. */
export interface Words {
  title: string;
  bot: string;
  subtitle: string;
  people: string;
  peopleHint: string;
  openPeople: string;
  closePeople: string;
  name: string;
  namePlaceholder: string;
  addPerson: string;
  language: string;
  languageHint: string;
  log: string;
  empty: string;
  emptyHint: string;
  start: string;
  message: string;
  placeholder: string;
  send: string;
  commands: string;
  noCommand: string;
  typing: string;
  newMessages: string;
  lost: string;
  today: string;
  yesterday: string;
  edited: string;
  sending: string;
  notSent: string;
  tryAgain: string;
  failed: string;
  refused: string;
  copy: string;
  copied: string;
  download: string;
  enlarge: string;
  close: string;
  picture: string;
  submit: string;
  cancel: string;
  optional: string;
  form: string;
}

export const words: Record<Language, Words> = {
  th: {
    title: 'ABTPro · แชตในเครื่อง',
    bot: 'ABTPro',
    subtitle: 'แชตในเครื่อง',
    people: 'คุยในชื่อ',
    peopleHint: 'แต่ละชื่อคือผู้ใช้คนละคน มีกระเป๋าเงินและการตั้งค่าของตัวเอง',
    openPeople: 'เลือกชื่อและภาษา',
    closePeople: 'ปิด',
    name: 'ชื่อใหม่',
    namePlaceholder: 'เช่น เทรดเดอร์ 2',
    addPerson: 'เพิ่มและสลับไปใช้',
    language: 'ภาษาของหน้านี้',
    languageHint: 'ชื่อใหม่จะเริ่มด้วยภาษานี้ เปลี่ยนภาษาของบอตด้วย /language',
    log: 'ข้อความ',
    empty: 'ยังไม่มีข้อความ',
    emptyHint: 'กดเริ่ม หรือพิมพ์ / เพื่อดูคำสั่งทั้งหมด',
    start: 'เริ่ม',
    message: 'ข้อความ',
    placeholder: 'พิมพ์ข้อความ หรือ / เพื่อดูคำสั่ง',
    send: 'ส่ง',
    commands: 'คำสั่ง',
    noCommand: 'ไม่มีคำสั่งนี้',
    typing: 'บอตกำลังพิมพ์',
    newMessages: 'ข้อความใหม่',
    lost: 'การเชื่อมต่อหลุด กำลังเชื่อมต่อใหม่…',
    today: 'วันนี้',
    yesterday: 'เมื่อวาน',
    edited: 'แก้ไขแล้ว',
    sending: 'กำลังส่ง',
    notSent: 'ยังไม่ได้ส่ง',
    tryAgain: 'ลองอีกครั้ง',
    failed: 'ติดต่อบอตไม่ได้ ลองอีกครั้งในอีกสักครู่',
    refused: 'ส่งไม่ได้ ตรวจข้อความแล้วลองอีกครั้ง',
    copy: 'คัดลอก',
    copied: 'คัดลอกแล้ว',
    download: 'ดาวน์โหลด',
    enlarge: 'ดูภาพขนาดใหญ่',
    close: 'ปิด',
    picture: 'ภาพจากบอต',
    submit: 'ตกลง',
    cancel: 'ยกเลิก',
    optional: 'ไม่บังคับ',
    form: 'แบบฟอร์ม',
  },
  en: {
    title: 'ABTPro · local chat',
    bot: 'ABTPro',
    subtitle: 'Local chat',
    people: 'Chat as',
    peopleHint: 'Each name is a person of their own, with their own wallet and settings.',
    openPeople: 'Choose a name and a language',
    closePeople: 'Close',
    name: 'New name',
    namePlaceholder: 'Trader 2, for example',
    addPerson: 'Add and switch',
    language: 'Language of this page',
    languageHint: 'A new name starts in it. Change the bot’s language with /language.',
    log: 'Messages',
    empty: 'No messages yet',
    emptyHint: 'Press Start, or type / to see every command.',
    start: 'Start',
    message: 'Message',
    placeholder: 'Message, or / for commands',
    send: 'Send',
    commands: 'Commands',
    noCommand: 'No such command',
    typing: 'The bot is typing',
    newMessages: 'New messages',
    lost: 'Connection lost. Reconnecting…',
    today: 'Today',
    yesterday: 'Yesterday',
    edited: 'edited',
    sending: 'sending',
    notSent: 'Not sent',
    tryAgain: 'Try again',
    failed: 'The bot cannot be reached. Try again in a moment.',
    refused: 'That could not be sent. Check it and try again.',
    copy: 'Copy',
    copied: 'Copied',
    download: 'Download',
    enlarge: 'Enlarge the picture',
    close: 'Close',
    picture: 'Picture from the bot',
    submit: 'Continue',
    cancel: 'Cancel',
    optional: 'optional',
    form: 'Form',
  },
};
