/** Undefined for none: an address of the web without anything that a root cannot have. */
export function parseUrl(text: string): URL | undefined {
  const url = /^https?:\/\//i.test(text) ? (URL.parse(text) ?? undefined) : undefined;
  return url && !url.search && !url.hash && !url.username && !url.password ? url : undefined;
}

/** Without a slash at the end. Plain http would show what is said to everybody on the way. */
export function parseApiRoot(text: string): string | undefined {
  const url = parseUrl(text);
  const loopback = url && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  return url?.protocol === 'https:' || loopback ? url?.href.replace(/\/+$/, '') : undefined;
}

/** `{"binance":"https://…"}`, each like an API root. */
export function parseBaseUrls(text: string): Readonly<Record<string, string>> | undefined {
  const roots = Object.entries(parseObject(text) ?? { '': null }).map(
    ([id, root]) => [id, typeof root === 'string' ? parseApiRoot(root) : undefined] as const,
  );
  const isWhole = roots.every(([id, root]) => /^[a-z]+$/.test(id) && root !== undefined);
  return isWhole ? Object.fromEntries(roots.map(([id, root]) => [id, root ?? ''])) : undefined;
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
