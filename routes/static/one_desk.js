// One desk per operator and browser: of several tabs, one holds the lock and takes calls; the others wait for it.

const WAIT = 700; // milliseconds; a reloaded page still holds its lock for a moment

/**
 * Take turns at the desk called `name`. `seated` is called when this tab has the desk, `standing` when another has
 * it. Returns the function that takes the desk away from the other tab.
 */
export function takeTurns(name, { seated, standing }) {
  const queue = () => {
    const timer = setTimeout(standing, WAIT);
    return hold(name, {}, () => {
      clearTimeout(timer);
      seated();
    });
  };
  const takeOver = () => hold(name, { steal: true }, seated).catch(robbed);
  const robbed = (error) => {
    if (error.name !== "AbortError") throw error;
    standing();
    return queue().catch(robbed); // back in line, for when the other tab is closed
  };
  queue().catch(robbed);
  return takeOver;
}

// The lock is held for as long as the promise is open: until the page goes, or another tab steals it.
function hold(name, options, held) {
  return navigator.locks.request(name, options, () => {
    held();
    return new Promise(() => {});
  });
}
