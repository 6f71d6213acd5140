/** `url` when a reader may be sent to it: a page of the web and nothing that runs. */
export function safeLink(url: string | null | undefined): string | undefined {
  if (!url) {
    return undefined;
  }
  try {
    const { protocol, username, hostname } = new URL(url);
    const isLocal = protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    return (protocol === 'https:' || isLocal) && !username ? url : undefined;
  } catch {
    return undefined;
  }
}
