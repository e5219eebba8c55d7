// A worker that ticks. The timers of a hidden page are slowed to one a minute; those of a worker are not, and a desk
// whose heartbeat stops is offered no calls.

const TICK = 500; // milliseconds

setInterval(() => postMessage("tick"), TICK);
