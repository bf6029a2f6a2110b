/**
 * What hands messages in and counts what comes out, the same for all flows that are measured: nodes of their own, for a
 * function node would cost as much as some of what is measured. Copied into the user directory of each Node-RED.
 */
const { monitorEventLoopDelay, performance } = require('node:perf_hooks');
const process = require('node:process');
const { clearInterval, setInterval } = require('node:timers');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

module.exports = (RED) => {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  let reports = 0;

  /** Bytes in use, after a collection. */
  function heap() {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }

  /**
   * `POST /run` with `{ count, inFlight, text, every }`: hands messages in, `inFlight` at a time or one in `every` milliseconds,
   * and writes when the last one has its outcome. With `{ many, text }`, hands one message to so many recipients in. A text
   * that ends in a blank gets a number.
   */
  RED.nodes.registerType('bench-pump', function (config) {
    RED.nodes.createNode(this, config);
    const write = this.context().global.get('write');
    let run;

    const next = () => {
      const index = run.next++;
      const text = run.text.endsWith(' ') ? run.text + index : run.text;
      return { to: numberOf(index), payload: text, at: performance.now() };
    };
    const start = ({ inFlight = 1, ...asked }) => {
      run = { ...asked, next: 0, done: 0, latencies: [], startedAt: performance.now() };
      if (run.many) {
        run.count = 1;
        const to = Array.from({ length: run.many }, (_, index) => numberOf(index)).join(',');
        this.send([{ to, payload: run.text, at: run.startedAt }, null]);
      } else if (run.every) {
        const timer = setInterval(() => {
          if (run.next < run.count) this.send([next(), null]);
          else clearInterval(timer);
        }, run.every);
      } else {
        for (let index = 0; index < Math.min(inFlight, run.count); index++) this.send([next(), null]);
      }
    };

    this.on('input', (msg, send, done) => {
      if (msg.req) {
        start(msg.payload);
        send([null, { req: msg.req, res: msg.res, payload: 'ok' }]);
      } else {
        run.latencies.push(performance.now() - msg.at);
        if (++run.done === run.count) {
          const ms = performance.now() - run.startedAt;
          write(JSON.stringify({ node: 'run', at: Date.now(), msg: { ms, latencies: run.latencies } }));
        } else if (run.next < run.count && !run.every) {
          send([next(), null]);
        }
      }
      done();
    });
  });

  /** Counts reports: as many as a message tells in `count`, or one. */
  RED.nodes.registerType('bench-count', function (config) {
    RED.nodes.createNode(this, config);
    this.on('input', ({ count = 1 }, _send, done) => {
      reports += count;
      done();
    });
  });

  /** `GET /measure/heap` and the like. */
  RED.nodes.registerType('bench-measure', function (config) {
    RED.nodes.createNode(this, config);
    const measures = {
      heap: () => ({ heap: heap() }),
      reset: () => {
        monitor.enable();
        monitor.reset();
        return {};
      },
      delay: () => ({ p99: monitor.percentile(99) / 1e6, max: monitor.max / 1e6 }),
      reports: () => ({ reports }),
    };
    this.on('input', (msg, send, done) => {
      msg.payload = measures[msg.req.params.what]();
      send(msg);
      done();
    });
  });
};

function numberOf(index) {
  return String(13800000000 + index);
}
