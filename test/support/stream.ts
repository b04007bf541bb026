/** One event of a stream, as a browser would hear it. */
export interface Heard {
  id: string;
  data: string;
}

/** Listens to `/admin/live` over real HTTP. */
export async function listen(origin: string, token: string, headers: Record<string, string> = {}, query = '') {
  const cut = new AbortController();
  const response = await fetch(`${origin}/admin/live${query}`, {
    redirect: 'manual',
    signal: cut.signal,
    headers: { cookie: `panel=${token}`, accept: 'text/event-stream', ...headers },
  });
  const heard: Heard[] = [];
  let text = '';
  let beats = 0;
  let isOver = false;
  const take = () => {
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const [, id = ''] = /^id: (.*)$/m.exec(part) ?? [];
      const [, data] = /^data: (.*)$/m.exec(part) ?? [];
      if (data !== undefined) heard.push({ id, data });
    }
  };
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const over = isStream
    ? (async () => {
        const decoder = new TextDecoder();
        for await (const chunk of response.body ?? []) {
          beats += 1;
          text += decoder.decode(chunk, { stream: true });
          take();
        }
      })()
        .catch(() => {}) // cut off, by us or by them
        .then(() => {
          isOver = true;
        })
    : response.body?.cancel();
  return {
    response,
    heard,
    /** Resolves when the stream has ended. */
    over,
    get isOver() {
      return isOver;
    },
    /** Chunks that arrived, signs of life among them. */
    get beats() {
      return beats;
    },
    stop: () => cut.abort(),
  };
}
