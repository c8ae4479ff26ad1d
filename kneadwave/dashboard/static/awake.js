// The screen stays on while something plays: a hand that wants to stop does not look for a lock first.

export class Awake {
  constructor() {
    this.wanted = false;
    document.addEventListener("visibilitychange", () => this.ask());
  }

  keep(wanted) {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    if (wanted) this.ask();
    else this.lock?.then((lock) => lock?.release());
  }

  ask() {
    if (!this.wanted || document.visibilityState !== "visible" || !navigator.wakeLock) return;
    this.lock = navigator.wakeLock.request("screen").catch(() => null); // a battery that is low may refuse
  }
}
