import { type ChainLine, sealOf } from './auditSeal.ts';
import type { Vault } from './vault.ts';

export interface AuditFault {
  /**
   * `altered`: does not fit its seal. `unknown_key`: sealed with a key that we do not have, which may be one we forgot to
   * keep or one that somebody made up. `missing`: taken out. `inserted`: was never sealed where it stands. `moved`: sealed
   * as it is, but under another number. `unchecked`: stands on a line that is gone or was replaced, so that nothing can be
   * said about it. `cut_off`: the newest lines are gone. `unsealed`: old, and still without a seal.
   */
  fault: 'altered' | 'unknown_key' | 'missing' | 'inserted' | 'moved' | 'unchecked' | 'cut_off' | 'unsealed';
  /** The number it has in the chain; of a line that is gone or was moved, the one it was sealed under. */
  link: bigint | null;
  /** The line itself; null for one that is gone. */
  seq: bigint | null;
  /** For lines that are gone: the last of their numbers, and the lines on either side of the hole. */
  gone?: { lastLink: bigint; before: bigint | null; after: bigint | null };
}

/** Faults named in one walk; whoever has done more than that has done everything. */
const MOST_FAULTS = 1000;
/** How many lines in a row may fit nowhere before the first of them is given up. */
const MOST_PENDING = 50;
/** How many genuine lines may follow a strange one before it is clear that it belongs nowhere behind it. */
const MOST_SINCE = 100;
/** How far numbers may have been shifted for a line to be known again. */
const MOST_SHIFT = 32n;

/** A line that the next one has to stand on, under the number it was sealed with. */
interface End {
  link: bigint;
  mac: string;
  seq: bigint | null;
  /** Whether its own seal was seen to fit, or the chain was only taken up again there. */
  isProven: boolean;
}

/** Between two genuine parts of the chain. What fills it may still come, if lines were only moved. */
interface Hole {
  low: End;
  /** The last true number inside. */
  until: bigint;
  /** Stored numbers: of the last genuine line before it, and of the line behind it. */
  from: bigint;
  to: bigint;
  /** Stored minus true number, of what stands behind it. */
  shift: bigint;
}

/**
 * Where a walk along the stored numbers has got to. Numbers may have been shifted by whoever put a line in or took one
 * out, so true ones are counted beside them. A line that fits nowhere is pending: it may have been moved from further on,
 * and what it is shows only when the chain goes on behind it.
 */
export interface ChainWalk {
  readonly faults: AuditFault[];
  checked: number;
  /** The line that was looked at last, and its stored number. */
  place: { link: bigint; seq: bigint | null };
  end: End;
  /** The highest stored number of a genuine line. */
  sound: bigint;
  /** Stored minus true number. */
  shift: bigint;
  pending: ChainLine[];
  /** The genuine lines since the first pending one. */
  since: { line: ChainLine; truly: bigint }[];
  hole: Hole | undefined;
}

export const beginWalk = (): ChainWalk => ({
  faults: [],
  checked: 0,
  place: { link: 0n, seq: null },
  end: { link: 0n, mac: '', seq: null, isProven: true },
  sound: 0n,
  shift: 0n,
  pending: [],
  since: [],
  hole: undefined,
});

export const isWalkOver = (walk: ChainWalk) => walk.faults.length >= MOST_FAULTS;

const fits = (vault: Vault, line: ChainLine, link: bigint, previousMac: string) =>
  line.mac !== null && sealOf(vault, line, link, previousMac) === line.mac;

const follows = (vault: Vault, line: ChainLine, end: End) => fits(vault, line, end.link + 1n, end.mac);

/** The next line by stored number. */
export function walkOn(vault: Vault, walk: ChainWalk, line: ChainLine): void {
  const { link: here, seq } = line;
  const before = walk.place;
  walk.place = { link: here, seq };
  walk.checked += 1;
  const isKnown = line.keyId !== null && vault.knows(line.keyId);
  if (isKnown && isGenuine(vault, walk, line)) {
    gather(vault, walk);
  } else if (isKnown && here <= before.link + 1n) {
    walk.pending.push(line);
    if (walk.pending.length > MOST_PENDING) giveUp(walk);
  } else {
    // Nothing tells whether this one is genuine, so the chain is taken up again here.
    giveUp(walk);
    const [link, lastLink] = [before.link + 1n - walk.shift, here - 1n - walk.shift];
    nameMissing(walk, link, lastLink, before.seq, seq);
    walk.faults.push({ fault: isKnown ? 'unchecked' : 'unknown_key', link: here, seq });
    takeUp(walk, line);
  }
}

/** All lines have been walked. `head` is the newest number and seal as they were kept apart. */
export function endWalk(walk: ChainWalk, head: { link: bigint; mac: string } | undefined): void {
  if (isWalkOver(walk)) return;
  settleHole(walk);
  const left = unplaced(walk);
  const due = head ? head.link - walk.end.link : 0n;
  const isEndThere = due > 0n && (left.at(-1)?.mac === head?.mac || BigInt(left.length) >= due);
  if (head && (due <= 0n || isEndThere)) settle(walk, isEndThere ? head.link : walk.end.link);
  else giveUp(walk);
  const { link, mac, seq } = walk.end;
  if (!head || isEndThere || link > head.link || (link === head.link && mac === head.mac)) return;
  const gone = { lastLink: head.link, before: seq, after: null };
  walk.faults.push({ fault: 'cut_off', link: link < head.link ? link + 1n : link, seq: null, gone });
}

/** Whether it follows what is known, in which case it is put there. */
function isGenuine(vault: Vault, walk: ChainWalk, line: ChainLine): boolean {
  if (follows(vault, line, walk.end)) walk.end = place(walk, line, walk.end.link + 1n);
  else if (walk.hole && follows(vault, line, walk.hole.low)) walk.hole.low = place(walk, line, walk.hole.low.link + 1n);
  else {
    const truly = bridge(vault, walk, line);
    if (truly === undefined) return false;
    settleHole(walk);
    const { end: low, sound: from } = walk;
    walk.hole = { low, until: truly - 1n, from, to: line.link, shift: line.link - truly };
    walk.end = place(walk, line, truly);
  }
  return true;
}

function place(walk: ChainWalk, line: ChainLine, truly: bigint): End {
  walk.since.push({ line, truly });
  if (line.link > walk.sound) walk.sound = line.link;
  return { link: truly, mac: line.mac ?? '', seq: line.seq, isProven: true };
}

/**
 * The number under which a line was sealed that stands on the pending one before it: on the seal that is stored there,
 * if its words were changed, or on the seal it should have, if that was.
 */
function bridge(vault: Vault, walk: ChainWalk, line: ChainLine): bigint | undefined {
  const last = walk.pending.at(-1);
  if (!last) return undefined;
  const { link, mac } = walk.end;
  const should = sealOf(vault, last, link + 1n, mac);
  if (should && fits(vault, line, link + 2n, should)) return link + 2n;
  if (last.mac === null) return undefined;
  const expected = line.link - walk.shift;
  for (let off = 0n; off <= MOST_SHIFT; off++)
    for (const truly of off === 0n ? [expected] : [expected + off, expected - off])
      if (truly > link + 1n && fits(vault, line, truly, last.mac)) return truly;
  return undefined;
}

/** A line has found its place: others that were pending may follow it. */
function gather(vault: Vault, walk: ChainWalk): void {
  for (let moved = true; moved; ) {
    const next = walk.pending.findIndex(
      (line) => follows(vault, line, walk.end) || (walk.hole && follows(vault, line, walk.hole.low)),
    );
    const [line] = next < 0 ? [] : walk.pending.splice(next, 1);
    moved = line !== undefined && isGenuine(vault, walk, line);
  }
  if (walk.hole && walk.hole.low.link >= walk.hole.until) walk.hole = undefined;
  const isClear = walk.pending.length === 0 && !walk.hole;
  if (!isClear && walk.since.length <= MOST_SINCE) return;
  settleHole(walk);
  conclude(walk, walk.pending, walk.since);
  walk.pending = [];
  walk.since = [];
}

/** The genuine chain went on past these: they were put in. Of the genuine lines, one that stands elsewhere was moved. */
function conclude(walk: ChainWalk, strange: readonly ChainLine[], genuine: ChainWalk['since']): void {
  for (const { link, seq } of strange) walk.faults.push({ fault: 'inserted', link, seq });
  const inFrontOf = (link: bigint) => BigInt(strange.filter((other) => other.link < link).length);
  const off = genuine.map(({ line, truly }) => line.link - truly - inFrontOf(line.link));
  // Numbers that jump and stay so were all shifted at once: the line where that begins stands for the rest.
  const jumped =
    strange.length === 0 && off.length > 0 && off.every((by) => by === off[0]) ? (off[0] ?? 0n) : walk.shift;
  const [first] = genuine;
  if (first && jumped !== walk.shift) walk.faults.push({ fault: 'moved', link: first.truly, seq: first.line.seq });
  walk.shift = jumped;
  for (const [n, { line, truly }] of genuine.entries())
    if (off[n] !== walk.shift) walk.faults.push({ fault: 'moved', link: truly, seq: line.seq });
  walk.shift += BigInt(strange.length);
}

/** Pending lines behind every genuine one: they may be what is left of the next true ones. */
const unplaced = (walk: ChainWalk) => walk.pending.filter(({ link }) => link > walk.sound);

/** What should have filled the hole has not come: whatever stands there is judged. */
function settleHole(walk: ChainWalk): void {
  const { hole, pending, since } = walk;
  if (!hole) return;
  conclude(
    walk,
    pending.filter(({ link }) => link <= hole.from),
    since.filter(({ truly }) => truly <= hole.low.link),
  );
  judge(
    walk,
    hole,
    pending.filter(({ link }) => link > hole.from && link < hole.to),
  );
  walk.pending = pending.filter(({ link }) => link > hole.to);
  walk.since = since.filter(({ truly }) => truly > hole.until);
  walk.shift = hole.shift;
  walk.hole = undefined;
}

/** The same at the end of what is known, for the true lines up to number `until`. */
function settle(walk: ChainWalk, until: bigint): void {
  const left = unplaced(walk);
  conclude(
    walk,
    walk.pending.filter((line) => !left.includes(line)),
    walk.since,
  );
  judge(walk, { low: walk.end, until }, left);
  walk.pending = [];
  walk.since = [];
}

/**
 * Says of lines what they are in a hole of the chain: fewer than belong there, or more. The first one that is not what it
 * should be leaves its successors on a seal that nobody knows.
 */
function judge(walk: ChainWalk, { low, until }: Pick<Hole, 'low' | 'until'>, lines: readonly ChainLine[]): void {
  const due = until - low.link;
  const count = BigInt(lines.length);
  nameMissing(walk, low.link + 1n, until - count, low.seq, lines[0]?.seq ?? null);
  let strange = count - due;
  let isLost = due > count || !low.isProven;
  for (const { link, seq } of lines) {
    if (strange > 0n) walk.faults.push({ fault: 'inserted', link, seq });
    else {
      walk.faults.push({ fault: isLost ? 'unchecked' : 'altered', link, seq });
      isLost = true;
    }
    strange -= 1n;
  }
}

/** Nothing proves what the pending lines are: they are taken for what stands at their numbers. */
function giveUp(walk: ChainWalk): void {
  settleHole(walk);
  const left = unplaced(walk);
  settle(walk, walk.end.link + BigInt(left.length));
  const last = left.at(-1);
  if (last) takeUp(walk, last);
}

function takeUp(walk: ChainWalk, line: ChainLine): void {
  walk.end = { link: line.link - walk.shift, mac: line.mac ?? '', seq: line.seq, isProven: false };
  walk.sound = line.link;
}

function nameMissing(
  walk: ChainWalk,
  link: bigint,
  lastLink: bigint,
  before: bigint | null,
  after: bigint | null,
): void {
  if (link <= lastLink) walk.faults.push({ fault: 'missing', link, seq: null, gone: { lastLink, before, after } });
}
