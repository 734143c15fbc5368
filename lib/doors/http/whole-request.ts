/** Requests that can hand over their body whole: a small one comes in one piece, and a stream around it costs more than reading it. */
import { IncomingMessage } from "node:http";

type Gathering = {
  readonly limit: number;
  readonly chunks: Buffer[];
  size: number;
  readonly resolve: (body: Buffer | null) => void;
  readonly reject: (error: unknown) => void;
};

/** For `createServer({ IncomingMessage: WholeRequest })`; until `whole` is called it is a request like any other. */
export class WholeRequest extends IncomingMessage {
  #gathering: Gathering | null = null;

  /** Whether none of the body has come yet. */
  get isUnread(): boolean {
    return !this.complete && !this.destroyed && this.readableFlowing === null && this.readableLength === 0;
  }

  /**
   * The body, in place of its stream; null where it is longer than the limit, in bytes.
   * @throws Error where the client left before its end; only while `isUnread`
   */
  whole(limit: number): Promise<Buffer | null> {
    return new Promise((resolve, reject) => {
      this.#gathering = { limit, chunks: [], size: 0, resolve, reject };
    });
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    const gathering = this.#gathering;
    if (gathering === null) return super.push(chunk, encoding);
    if (chunk === null) {
      this.#gathering = null;
      const { chunks, size, limit } = gathering;
      // The connection goes on to the next request when the stream was read and has come to its end as well.
      super._read(0);
      super.push(null);
      this.read(0);
      if (size <= limit) gathering.resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
      return false;
    }
    const bytes = chunk as Buffer;
    gathering.size += bytes.length;
    if (gathering.size <= gathering.limit) gathering.chunks.push(bytes);
    else {
      gathering.chunks.length = 0;
      gathering.resolve(null);
    }
    return true;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const gathering = this.#gathering;
    this.#gathering = null;
    gathering?.reject(error ?? new Error("the client left"));
    super._destroy(error, done);
  }
}
