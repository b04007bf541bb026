import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { html } from 'hono/html';
import type { Language } from '../../core/text/text.ts';
import { words } from './words.ts';

const folder = new URL('./page/', import.meta.url);

const typeOf: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** Not every machine has Thai letters, so they come along; the browser fetches them only for Thai text. */
const thaiFont = (weight: string) =>
  readFileSync(
    createRequire(import.meta.url).resolve(`@expo-google-fonts/noto-sans-thai/${weight}/NotoSansThai_${weight}.ttf`),
  );

/** What the page loads, by name. Read once: no name in a request ever becomes a path. */
export const assets: ReadonlyMap<string, { type: string; body: string | Uint8Array<ArrayBuffer> }> = new Map<
  string,
  { type: string; body: string | Uint8Array<ArrayBuffer> }
>([
  ...readdirSync(folder).flatMap((name) => {
    const type = typeOf[extname(name)];
    return type ? [[name, { type, body: readFileSync(new URL(name, folder), 'utf8') }] as const] : [];
  }),
  ['thai-400.ttf', { type: 'font/ttf', body: new Uint8Array(thaiFont('400Regular')) }] as const,
  ['thai-700.ttf', { type: 'font/ttf', body: new Uint8Array(thaiFont('700Bold')) }] as const,
  ['words.json', { type: 'application/json; charset=utf-8', body: JSON.stringify(words) }] as const,
]);

const icon = (name: string) =>
  html`<svg class="icon" aria-hidden="true"><use href="/chat/assets/icons.svg#${name}"></use></svg>`;

/** The empty page. Its words are those of the browser's language until the script knows what the developer chose. */
export function page(language: Language) {
  const say = words[language];
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f4f6f8" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0f1519" media="(prefers-color-scheme: dark)">
<title>${say.title}</title>
<link rel="icon" href="/chat/assets/logo.svg" type="image/svg+xml">
<link rel="stylesheet" href="/chat/assets/base.css">
<link rel="stylesheet" href="/chat/assets/people.css">
<link rel="stylesheet" href="/chat/assets/message.css">
<link rel="stylesheet" href="/chat/assets/card.css">
<link rel="stylesheet" href="/chat/assets/compose.css">
<script type="module" src="/chat/assets/chat.js"></script>
</head>
<body>
<aside id="people" aria-label="${say.people}">${people(language)}</aside>
<div id="veil" hidden></div>
<main id="chat">${chat(language)}</main>
<dialog id="enlarged" aria-label="${say.picture}">
<button type="button" class="round" data-label="close" aria-label="${say.close}">${icon('close')}</button>
<img alt="">
</dialog>
<div id="toasts" role="status" aria-live="polite"></div>
</body>
</html>`;
}

function people(language: Language) {
  const say = words[language];
  return html`
<header><h2 data-word="people">${say.people}</h2>
<button type="button" id="close-people" class="round" data-label="closePeople" aria-label="${say.closePeople}">${icon('close')}</button></header>
<p class="hint" data-word="peopleHint">${say.peopleHint}</p>
<ul id="persons"></ul>
<form id="add-person">
<label for="person-name" data-word="name">${say.name}</label>
<div class="row"><input id="person-name" maxlength="40" autocomplete="off" data-placeholder="namePlaceholder" placeholder="${say.namePlaceholder}">
<button class="round primary" data-label="addPerson" aria-label="${say.addPerson}">${icon('plus')}</button></div>
</form>
<fieldset id="languages"><legend data-word="language">${say.language}</legend>
<div class="segments"><label><input type="radio" name="language" value="th"><span lang="th">ไทย</span></label>
<label><input type="radio" name="language" value="en"><span lang="en">English</span></label></div>
<p class="hint" data-word="languageHint">${say.languageHint}</p></fieldset>`;
}

function chat(language: Language) {
  const say = words[language];
  return html`
<header id="top"><img class="logo" src="/chat/assets/logo.svg" alt="" width="40" height="40">
<div class="who"><h1 data-word="bot">${say.bot}</h1><p data-word="subtitle">${say.subtitle}</p></div>
<button type="button" id="open-people" aria-haspopup="true" aria-expanded="false" aria-controls="people"><span class="name"></span><span class="face" aria-hidden="true"></span><span class="unseen" data-word="openPeople">${say.openPeople}</span></button></header>
<div id="lost" role="status" hidden>${icon('offline')}<span data-word="lost">${say.lost}</span></div>
<div id="scroll" tabindex="-1"><div id="log" role="log" aria-live="polite" aria-busy="true" data-label="log" aria-label="${say.log}"></div>
<div id="empty" hidden><img src="/chat/assets/logo.svg" alt="" width="72" height="72"><h2 data-word="empty">${say.empty}</h2><p data-word="emptyHint">${say.emptyHint}</p><button type="button" id="start" class="primary" data-word="start">${say.start}</button></div>
<div id="card"></div>
<div id="typing" role="status" hidden><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span class="unseen" data-word="typing">${say.typing}</span></div></div>
<div class="dock"><button type="button" id="to-bottom" hidden>${icon('down')}<span data-word="newMessages">${say.newMessages}</span></button>
<ul id="menu" role="listbox" data-label="commands" aria-label="${say.commands}" hidden></ul>
<form id="compose"><button type="button" id="open-menu" class="round" data-label="commands" aria-label="${say.commands}">${icon('slash')}</button>
<textarea id="text" rows="1" maxlength="4096" enterkeyhint="send" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="menu" aria-autocomplete="list" data-label="message" data-placeholder="placeholder" aria-label="${say.message}" placeholder="${say.placeholder}"></textarea>
<button id="send" class="round primary" data-label="send" aria-label="${say.send}" disabled>${icon('send')}</button></form></div>`;
}
