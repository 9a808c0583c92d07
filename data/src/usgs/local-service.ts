/** For tests: the services on this machine, answering with what a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers one request. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Answers 200 with a body. */
export function body(text: string | Uint8Array): Answer {
  return (response) => response.end(text);
}

/** Answers with a status, a body and headers. */
export function status(code: number, text = "", headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(code, headers).end(text);
}

/** Promises the whole body, sends half of it and hangs up. */
export function cutOff(text: string): Answer {
  return (response) => {
    response.writeHead(200, { "content-length": Buffer.byteLength(text) });
    response.write(text.slice(0, text.length / 2), () => response.destroy());
  };
}

/** Never answers. */
export const silence: Answer = () => {};

/** A running service: its address, and every path that was asked for. */
export interface LocalService {
  readonly url: string;
  readonly asked: string[];
  close(): Promise<void>;
}

/** Starts a service on a free port of this machine. */
export async function serve(answer: (path: string, earlier: number) => Answer): Promise<LocalService> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const earlier = asked.filter((one) => one === path).length;
    asked.push(path);
    answer(path, earlier)(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
