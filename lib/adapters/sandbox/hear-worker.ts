/** What workers say, line by line, and what it means for the calls that they have. */
import type { Calls } from "./calls.ts";
import type { Inspections } from "./inspections.ts";
import { type BrokenReason, FROM_WORKER, REPORT, type Report, readLine } from "./messages.ts";
import { endedOf, noteAsk, noteReport, type RunningCall } from "./running-call.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** How much of what a message took before counts beside the newest. */
const KEPT = 0.8;

/** Hears every line of every worker. */
export function hearWorker(calls: Calls, inspections: Inspections): (worker: WorkerProcess, line: string) => void {
  /** How long a message of the frame took whose reports are being read: there is no clock between them to tell more. */
  let frameMs = 0;

  function onEnded(call: RunningCall, report: Report, ranMs: number): void {
    // What was asked for as the call ended is performed no more, but it is on record: a replay asks for it too.
    if (report.asks !== undefined) for (const ask of report.asks) noteAsk(call, ask);
    noteReport(call, report, ranMs);
    if (report.ending !== undefined) calls.finish(call, endedOf(report.ending, call.request.module.name), ranMs);
  }

  function onStep(call: RunningCall, report: Report): void {
    call.pieces -= 1;
    call.heard = true;
    noteReport(call, report, null);
    if (report.asks !== undefined) for (const ask of report.asks) calls.ask(call, ask);
  }

  function onReport(worker: WorkerProcess, line: string): void {
    const json = line.indexOf("{");
    const call = calls.running.get(Number(line.slice(1, json - 1)));
    if (call === undefined || call.worker !== worker) return;
    const report = JSON.parse(line.slice(json)) as Report;
    if (line[0] === REPORT.ended) onEnded(call, report, frameMs);
    else onStep(call, report);
  }

  /** The calls of a frame that did not run. */
  function ofFrame(worker: WorkerProcess, ids: readonly number[]): RunningCall[] {
    return ids.flatMap((id) => {
      const call = calls.running.get(id);
      return call === undefined || call.worker !== worker || call.long ? [] : [call];
    });
  }

  function onFrame(worker: WorkerProcess, line: string): void {
    const { word, numbers, json } = readLine(line);
    const frame = worker.frames.answered();
    if (frame === undefined) return;
    const { module } = frame;
    const ranMs = (numbers[1] ?? 0) / 1_000;
    switch (word) {
      case FROM_WORKER.frame:
        frameMs = ranMs / frame.count;
        module.messageMs = module.messageMs * KEPT + frameMs * (1 - KEPT);
        return;
      case FROM_WORKER.broken:
        calls.broke(worker, frame, JSON.parse(json) as { reason: BrokenReason; calls: number[] }, ranMs);
        return;
      case FROM_WORKER.need:
        worker.modules.delete(module.key);
        for (const call of ofFrame(worker, JSON.parse(json) as number[])) {
          call.tries -= 1;
          calls.again(call, worker, "The worker forgot the module");
        }
        return;
      case FROM_WORKER.unloadable: {
        const { calls: ids, message } = JSON.parse(json) as { calls: number[]; message: string };
        for (const call of ofFrame(worker, ids))
          calls.finish(call, { kind: "threw", error: { name: "LoadError", message, stack: "" } }, 0);
      }
    }
  }

  function onLong(worker: WorkerProcess, line: string): void {
    const { word, numbers, json } = readLine(line);
    const id = numbers[0] ?? 0;
    if (word === FROM_WORKER.inspected) inspections.onInspected(id, json);
    const call = calls.running.get(id);
    if (call === undefined || call.worker !== worker) return;
    switch (word) {
      case FROM_WORKER.ended:
        if (call.module.longCalls > 0) call.module.longCalls -= 1;
        onEnded(call, JSON.parse(json) as Report, (numbers[1] ?? 0) / 1_000);
        return;
      case FROM_WORKER.step:
        onStep(call, JSON.parse(json) as Report);
        return;
      case FROM_WORKER.begun:
        call.begunHereAt = performance.now();
        call.begunAt ??= call.begunHereAt;
        return;
      case FROM_WORKER.needLong:
        worker.modules.delete(call.module.key);
        call.tries -= 1;
        calls.again(call, worker, "The worker forgot the module");
        return;
      case FROM_WORKER.lost:
        calls.lost(call, worker);
    }
  }

  const ofFrames: ReadonlySet<string> = new Set([
    FROM_WORKER.frame,
    FROM_WORKER.broken,
    FROM_WORKER.need,
    FROM_WORKER.unloadable,
  ]);
  return (worker, line) => {
    // Guests' reports have their number right behind the letter.
    if (line[1] !== " ") onReport(worker, line);
    else if (ofFrames.has(line[0] as string)) onFrame(worker, line);
    else onLong(worker, line);
  };
}
