/** Imported before a program: says on standard error how much memory it had at its most, in MiB. */
process.on('exit', () => process.stderr.write(`peak ${Math.round(process.resourceUsage().maxRSS / 1024)}\n`));
