/** What programs for the command line share. */

/** Ends the program with words for the one who called it. */
export class Refused extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, lines: readonly string[]) {
    super(lines.join('\n'));
    this.exitCode = exitCode;
  }
}

/** Exit codes of sysexits.h. */
export const exitCodes = {
  usage: 64,
  wrongData: 65,
  noInput: 66,
  unavailable: 69,
  tryAgain: 75,
  configuration: 78,
} as const;
