import type { AutocompleteInteraction } from 'discord.js';
import { asciiDigits } from '../../core/amount.ts';
import { languageFrom } from '../../core/text/text.ts';
import { findCommand } from '../answer.ts';
import type { BotContext } from '../command.ts';
import { speak } from '../draw.ts';
import type { Choice } from '../reply.ts';
import { faultOf } from './fault.ts';
import { cut } from './layout.ts';

const MOST = 25;
const LENGTH = 100;

/** Offers a field's suggestions while its option is being typed. Any other text may be sent as well. */
export async function suggest(ctx: BotContext, interaction: AutocompleteInteraction): Promise<void> {
  const asked = interaction.options.getFocused(true);
  const command = findCommand(interaction.commandName);
  const field = Object.values(command?.args ?? {}).find(({ name }) => name === asked.name);
  const language = languageFrom(interaction.locale);
  const typed = asciiDigits(String(asked.value)).trim().toLowerCase();
  const named = ({ say, value }: Choice) => ({ name: cut(speak(language, say), LENGTH), value });
  try {
    if (field?.suggest) return await interaction.respond((await field.suggest(ctx, typed)).slice(0, MOST).map(named));
    const choices = (field?.choices ?? []).map(named);
    const fitting = choices.filter(({ name, value }) => name.toLowerCase().includes(typed) || value.includes(typed));
    await interaction.respond(fitting.slice(0, MOST));
  } catch (error) {
    ctx.log.debug({ fault: faultOf(error) }, 'suggestions on Discord came too late');
  }
}
