import {
  addMessage,
  buttonsOf,
  type FakeChannel,
  type FakeInteraction,
  type FakeMessage,
  type Json,
  snowflake,
  toApi,
} from './discordChats.ts';

export type Where = 'server' | 'dm';

export interface Person {
  id: string;
  /** Chooses a slash command, as Discord's app allows it: only registered ones, with registered options. */
  command(name: string, options?: Record<string, string>, where?: Where): Promise<Turn>;
  /** Presses the newest button with this label that this person sees. */
  presses(label: string, where?: Where): Promise<Turn>;
  /** Presses a button of any message, also one that another person was shown in public. */
  pressesOn(message: FakeMessage, label: string): Promise<Turn>;
  /** Fills in the form that came last. */
  submits(values: Record<string, string>): Promise<Turn>;
  /** Types into an option; answers what is suggested. */
  types(name: string, option: string, text: string): Promise<Json[]>;
  /** Writes to the bot alone; answers with the bot's next message. */
  writesDm(text: string): Promise<FakeMessage>;
  /** What this person can read, oldest first. */
  sees(where?: Where): FakeMessage[];
}

/** How an interaction went. */
export interface Turn {
  state: FakeInteraction['state'];
  /** "Thinking" was shown first. */
  thought: boolean;
  afterMs: number;
  message: FakeMessage | undefined;
  modal: Json | undefined;
  interaction: FakeInteraction;
}

export interface Stage {
  applicationId: string;
  guildId: string;
  server: FakeChannel;
  dms: Map<string, FakeChannel>;
  interactions: Map<string, FakeInteraction>;
  registered(where: Where): Json[];
  /** The ids of the roles that somebody has in the server. */
  rolesOf(personId: string): string[];
  dispatch(type: string, data: unknown, intent?: number): void;
  deadAfterMs: number;
}

const DIRECT_MESSAGES = 1 << 12;

export function dmOf(stage: Stage, personId: string): FakeChannel {
  const channel = stage.dms.get(personId) ?? { id: snowflake(), dmOf: personId, messages: [] };
  stage.dms.set(personId, channel);
  return channel;
}

/** What a person's app knows. */
interface Self {
  stage: Stage;
  user: { id: string; username: string; global_name: string; discriminator: string; avatar: null };
  locale: string;
  permissions: bigint;
  lastForm: FakeInteraction | undefined;
}

export function createPerson(
  stage: Stage,
  id: string,
  about: { name: string; locale: string; permissions: bigint },
): Person {
  const user = { id, username: about.name.toLowerCase(), global_name: about.name, discriminator: '0', avatar: null };
  const self: Self = { stage, user, locale: about.locale, permissions: about.permissions, lastForm: undefined };
  const channelOf = (where: Where) => (where === 'dm' ? dmOf(stage, id) : stage.server);
  const sees = (where: Where = 'server') =>
    channelOf(where).messages.filter((message) => !message.deleted && (!message.only || message.only === id));

  return {
    id,
    sees,
    async command(name, options = {}, where = 'server') {
      const { command, given } = choose(stage.registered(where), name, options);
      return act(
        self,
        { kind: 'command', channel: channelOf(where) },
        { id: command.id, name, type: 1, options: given },
      );
    },
    async types(name, option, text) {
      const { command } = choose(stage.registered('server'), name, {});
      const options = [{ name: option, type: 3, value: text, focused: true }];
      const turn = await act(
        self,
        { kind: 'typing', channel: stage.server },
        { id: command.id, name, type: 1, options },
      );
      return turn.interaction.suggestions ?? [];
    },
    async presses(label, where = 'server') {
      const message = sees(where).findLast((m) => buttonsOf(m).some((b) => b.label.includes(label)));
      if (!message) throw new Error(`${about.name} sees no button "${label}"`);
      return press(self, message, label);
    },
    pressesOn: (message, label) => press(self, message, label),
    submits: (values) => submit(self, values),
    writesDm: (text) => write(self, text),
  };
}

function choose(known: Json[], name: string, options: Record<string, string>): { command: Json; given: Json[] } {
  const command = known.find((one) => one.name === name);
  if (!command) throw new Error(`/${name} is not offered here`);
  const offered = (command.options ?? []) as Json[];
  const given = Object.entries(options).map(([option, value]) => {
    const about = offered.find((o) => o.name === option);
    if (!about) throw new Error(`/${name} has no option ${option}`);
    const choices = (about.choices ?? []) as Json[];
    const fits = choices.length === 0 || choices.some((choice) => choice.value === value);
    if (!fits) throw new Error(`${option} cannot be ${value}`);
    return { name: option, type: about.type, value };
  });
  return { command, given };
}

async function press(self: Self, message: FakeMessage, label: string): Promise<Turn> {
  const button = buttonsOf(message).find((b) => b.label.includes(label));
  if (!button) throw new Error(`no button "${label}" there`);
  const what = { kind: 'button', channel: message.channel, pressed: message } as const;
  return act(self, what, { custom_id: button.custom_id, component_type: 2 });
}

async function submit(self: Self, values: Record<string, string>): Promise<Turn> {
  const form = self.lastForm;
  if (!form?.modal) throw new Error(`${self.user.global_name} has no form to fill in`);
  self.lastForm = undefined;
  const parts = (form.modal.components ?? []) as { type: number; component?: Json }[];
  const components = parts.map((part, i) => ({ type: part.type, id: i, ...fill(part.component, values) }));
  const what = { kind: 'modal', channel: form.channel, pressed: form.pressed } as const;
  return act(self, what, { custom_id: form.modal.custom_id, components });
}

async function write({ stage, user }: Self, text: string): Promise<FakeMessage> {
  const channel = dmOf(stage, user.id);
  const mine = addMessage(channel, user.id, { body: { content: text }, files: [] });
  const before = channel.messages.length;
  stage.dispatch('MESSAGE_CREATE', { ...toApi(mine), author: user, channel_type: 1 }, DIRECT_MESSAGES);
  for (let i = 0; i < 500; i++) {
    const answer = channel.messages.slice(before).find((m) => m.author === 'bot');
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`nobody answers ${user.global_name}`);
}

const TYPES = { command: 2, button: 3, typing: 4, modal: 5 };

interface What {
  kind: FakeInteraction['kind'];
  channel: FakeChannel;
  pressed?: FakeMessage | undefined;
}

/** Sends an interaction and waits until it is answered or dead. */
function act(self: Self, { kind, channel, pressed }: What, data: Json): Promise<Turn> {
  const { stage, user } = self;
  const token = `interaction-token-${snowflake()}`;
  const began = performance.now();
  return new Promise((resolve) => {
    const interaction: FakeInteraction = {
      ...{
        id: snowflake(),
        token,
        kind,
        person: user.id,
        channel,
        pressed,
        state: 'open',
        thought: false,
        expired: false,
      },
      ...{ original: undefined, modal: undefined, suggestions: undefined, shown: undefined },
      settled: () => {
        clearTimeout(dying);
        if (interaction.modal) self.lastForm = interaction;
        const { state, thought, shown, modal } = interaction;
        resolve({ state, thought, afterMs: performance.now() - began, message: shown, modal, interaction });
      },
    };
    const dying = setTimeout(() => {
      if (interaction.state !== 'open') return;
      interaction.state = 'dead';
      interaction.settled();
    }, stage.deadAfterMs);
    stage.interactions.set(token, interaction);
    stage.dispatch('INTERACTION_CREATE', { ...envelope(self, interaction), type: TYPES[kind], data });
  });
}

/** All that Discord says around an interaction. */
function envelope({ stage, user, locale, permissions }: Self, interaction: FakeInteraction): Json {
  const { channel, pressed } = interaction;
  const inDm = channel.dmOf !== undefined;
  const joined_at = '2026-01-01T00:00:00.000Z';
  const member = {
    user,
    roles: stage.rolesOf(user.id),
    joined_at,
    permissions: String(permissions),
    deaf: false,
    mute: false,
    flags: 0,
  };
  return {
    id: interaction.id,
    application_id: stage.applicationId,
    token: interaction.token,
    version: 1,
    locale,
    entitlements: [],
    authorizing_integration_owners: { 0: stage.guildId },
    attachment_size_limit: 10_000_000,
    app_permissions: '0',
    context: inDm ? 1 : 0,
    channel_id: channel.id,
    channel: inDm
      ? { id: channel.id, type: 1, recipients: [user] }
      : { id: channel.id, type: 0, guild_id: stage.guildId, name: 'general' },
    ...(inDm ? { user } : { guild_id: stage.guildId, guild_locale: 'en-US', member }),
    ...(pressed ? { message: toApi(pressed) } : {}),
  };
}

/** What Discord sends back for one part of a form; a required field that is empty does not leave the app. */
function fill(input: Json | undefined, values: Record<string, string>): Json {
  if (!input) return {};
  const value = values[String(input.custom_id)] ?? '';
  if (input.required !== false && value === '') throw new Error(`${input.custom_id} must be filled in`);
  if (input.type === 4) return { component: { type: 4, id: 100, custom_id: input.custom_id, value } };
  const options = (input.options ?? []) as Json[];
  if (value && !options.some((option) => option.value === value))
    throw new Error(`${input.custom_id} cannot be ${value}`);
  return { component: { type: 3, id: 100, custom_id: input.custom_id, values: value ? [value] : [] } };
}
