import {
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  type REST,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import { type Command, describe, isForEverybody } from '../command.ts';
import { speak } from '../draw.ts';
import type { Field } from '../fields.ts';
import type { Say } from '../reply.ts';

type Registration = RESTPostAPIChatInputApplicationCommandsJSONBody;

const MOST = { description: 100, choices: 25, choice: 100, options: 25 };

/** What somebody must be allowed in a server to decide about its roles; whoever may do all may do this too. */
export const MANAGES_SERVER = PermissionFlagsBits.ManageGuild | PermissionFlagsBits.ManageRoles;

/** In a server and alone with us; not in chats between other people, where an answer would be read by them. */
const placesOf = (command: Command) => ({
  contexts: [InteractionContextType.Guild, ...(isForEverybody(command) ? [InteractionContextType.BotDM] : [])],
  integration_types: [ApplicationIntegrationType.GuildInstall],
});

/**
 * What Discord shall know of our commands, in English and Thai. No option is required: a command without its
 * arguments opens a form with the same fields, which is easier to fill in on a phone.
 */
export function registrations(commands: readonly Command[], place: 'guild' | 'global'): Registration[] {
  return commands
    .filter((command) => !command.hidden)
    .map((command) => ({
      type: ApplicationCommandType.ChatInput,
      name: command.name,
      ...described(describe(command)),
      options: optionsOf(command),
      ...(isForEverybody(command) ? {} : { default_member_permissions: String(MANAGES_SERVER) }),
      ...(place === 'global' ? placesOf(command) : {}),
    }));
}

function described(say: Say) {
  return {
    description: speak('en', say).slice(0, MOST.description),
    description_localizations: { th: speak('th', say).slice(0, MOST.description) },
  };
}

function optionsOf(command: Command): APIApplicationCommandBasicOption[] {
  const fields = Object.values(command.args).filter((field) => field.name !== 'on'); // what buttons carry is not for typing
  return fields.slice(0, MOST.options).map((field) => {
    const about = { name: field.name, ...described(field.label) };
    return field.picks === 'role'
      ? { type: ApplicationCommandOptionType.Role, ...about }
      : { type: ApplicationCommandOptionType.String, ...about, ...choicesOf(field) };
  });
}

/** Where other answers are possible too, choices are offered while a person types (`suggest.ts`). */

function choicesOf(field: Field<unknown>) {
  if (field.choices.length === 0) return {};
  if (!field.closed) return { autocomplete: true as const };
  const choices = field.choices.slice(0, MOST.choices).map((choice) => ({
    name: speak('en', choice.say).slice(0, MOST.choice),
    name_localizations: { th: speak('th', choice.say).slice(0, MOST.choice) },
    value: choice.value.slice(0, MOST.choice),
  }));
  return { choices };
}

/**
 * Tells Discord our commands, unless it knows them already: it takes only some 200 changes a day. Answers whether
 * anything had to change.
 */
export async function register(
  rest: REST,
  input: { applicationId: string; guildId: string | null; commands: readonly Command[] },
): Promise<boolean> {
  const { applicationId, guildId } = input;
  const wanted = registrations(input.commands, guildId ? 'guild' : 'global');
  const route = guildId
    ? Routes.applicationGuildCommands(applicationId, guildId)
    : Routes.applicationCommands(applicationId);
  const known = await rest.get(route, { query: new URLSearchParams({ with_localizations: 'true' }) });
  if (isAsWanted(known, wanted)) return false;
  await rest.put(route, { body: wanted });
  return true;
}

/** Compares by name, because Discord gives its list in an order of its own. */
function isAsWanted(known: unknown, wanted: readonly Registration[]): boolean {
  if (!Array.isArray(known) || known.length !== wanted.length) return false;
  const byName = new Map(known.map((command: Record<string, unknown>) => [command.name, command]));
  return wanted.every((command) => covers(byName.get(command.name), command));
}

/** Whether `known` says all that `wanted` says. Discord adds ids, versions and nulls, and leaves empty lists out. */
function covers(known: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    const list: unknown[] = Array.isArray(known) ? known : [];
    return list.length === wanted.length && wanted.every((item, i) => covers(list[i], item));
  }
  if (typeof wanted !== 'object' || wanted === null) return known === wanted;
  if (typeof known !== 'object' || known === null) return false;
  const theirs = new Map<string, unknown>(Object.entries(known));
  const given = new Map<string, unknown>(Object.entries(wanted));
  return (
    ['options', 'choices'].every((key) => given.has(key) || covers(theirs.get(key), [])) &&
    [...given].every(([key, value]) => covers(theirs.get(key), value))
  );
}
