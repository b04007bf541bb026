import type { Command } from '../command.ts';

/** Every command of every chat, in the order in which menus show them. */
export const commands: readonly Command[] = [];
