/** A COPY in one packet: command, rows and end go out together, so that it costs one round trip like any statement. */
import type { Client, Connection, Submittable } from "pg";

const COPY_DATA = 0x64;
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);

/** The command as the wire has it: type, length, text, zero. */
function queryMessage(sql: string): Buffer {
  const text = Buffer.from(sql, "utf8");
  const message = Buffer.alloc(text.length + 6);
  message[0] = 0x51;
  message.writeUInt32BE(text.length + 5, 1);
  text.copy(message, 5);
  return message;
}

/**
 * Prepares a command `COPY … FROM STDIN`.
 * @returns copies rows (as `rowOf` makes them) in one transaction of its own; settles when it is durable
 */
export function copyAtOnce(sql: string): (client: Client, rows: string) => Promise<void> {
  const command = queryMessage(sql);
  return (client, rows) =>
    new Promise((resolve, reject) => {
      const statement: CopyStatement = {
        // Its client puts its own time limit around this, and calls what it found here.
        callback: (error) => (error == null ? resolve() : reject(error)),
        submit(connection) {
          const size = Buffer.byteLength(rows);
          const packet = Buffer.allocUnsafe(command.length + 5 + size + COPY_DONE.length);
          command.copy(packet, 0);
          packet[command.length] = COPY_DATA;
          packet.writeUInt32BE(size + 4, command.length + 1);
          packet.write(rows, command.length + 5, "utf8");
          COPY_DONE.copy(packet, command.length + 5 + size);
          // The server drops rows that come after it refused, so nothing has to wait for its leave to send them.
          (connection as unknown as { stream: NodeJS.WritableStream }).stream.write(packet);
        },
        handleCopyInResponse() {},
        handleCommandComplete() {},
        handleReadyForQuery: () => statement.callback(null),
        handleError: (error) => statement.callback(error),
      };
      client.query(statement as unknown as Submittable);
    });
}

type CopyStatement = {
  callback(error: Error | null): void;
  submit(connection: Connection): void;
  handleCopyInResponse(): void;
  handleCommandComplete(): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
};
