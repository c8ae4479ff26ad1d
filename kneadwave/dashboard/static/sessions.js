// How every session stands: a snapshot, then numbered deltas; the same that live_session.py makes of them.

const NOTES = new Set(["note", "arrangement", "allowed", "holds", "says", "recipient", "lost", "rest"]);

export class Sessions {
  constructor(askFor) {
    this.askFor = askFor;
    this.all = new Map();
  }

  replace(snapshots) {
    this.all = new Map(snapshots.map((each) => [each.id, each]));
  }

  // The one that is told of first: what plays, else what ended last.
  get current() {
    const known = [...this.all.values()];
    return known.findLast((each) => each.state !== "over") ?? known.at(-1);
  }

  get playing() {
    return [...this.all.values()].filter((each) => each.state !== "over");
  }

  async take({ session, number, delta }) {
    const known = this.all.get(session);
    if (!known || number > known.number + 1) {
      this.all.set(session, await this.askFor(session));
    } else if (number === known.number + 1) {
      known.number = number;
      apply(known, delta);
    }
  }
}

export function apply(known, delta) {
  switch (delta.event) {
    case "start":
      known.start = delta;
      known.state = "playing";
      break;
    case "state":
      known.state = delta.state;
      break;
    case "step":
      known.step = delta;
      known.guide = {};
      break;
    case "guide":
      known.guide = delta;
      break;
    case "progress":
      known.progress = delta;
      known.state = delta.phase ?? known.state; // a felt test has none
      if (delta.phase === "playing") known.unattended = false;
      break;
    case "pulse":
      known.pulses += 1;
      known.state = "playing";
      break;
    case "pain":
      known.eased = delta.zone;
      break;
    case "summary":
      known.summary = delta;
      break;
    case "stop":
      known.stop = delta.stop;
      break;
    case "unattended":
      known.unattended = true;
      break;
    case "end":
      known.end = delta;
      known.state = "over";
      break;
    default:
      if (NOTES.has(delta.event)) known.notes.push(delta);
  }
}
