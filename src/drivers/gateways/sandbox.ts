import { signedHeaders } from './hook.ts';

/**
 * Sends what the sandbox bank has to say as the signed webhook, over HTTP, as a real bank would. `url` is asked for at each event: the port is known only once the server
 * listens.
 */
export function sandboxSender(options: { url: () => string; secret: string }): (event: object) => Promise<number> {
  return async (event) => {
    const body = JSON.stringify(event);
    const headers = signedHeaders(options.secret, new Date(), body);
    const response = await fetch(`${options.url()}/payment/webhook/promptpay`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(10_000),
      redirect: 'error',
    });
    await response.arrayBuffer();
    return response.status;
  };
}
