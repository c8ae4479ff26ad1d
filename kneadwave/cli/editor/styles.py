"""Where the parts of the editor stand; colours come with their spans, from the terminal's own sixteen."""

from typing import Final

CSS: Final = """
Screen { layout: vertical; overflow: hidden; }
Lines { width: 100%; height: 1; }
#small { display: none; height: 100%; }
.-small > * { display: none; }
.-small > #small { display: block; }
#middle { height: 1fr; layout: vertical; }
#curve { height: 1fr; }
#table { height: 4; }
.-wide #middle { layout: horizontal; }
.-wide #curve { width: 1fr; height: 100%; margin-right: 1; }
.-wide #table { width: 32; height: 100%; }
#findings, #told, #keys, #wrong, #entry #prompt { height: auto; }

Entry { align: left bottom; }
#entry { height: auto; width: 100%; border-top: solid ansi_default; background: ansi_default; }
.-ascii #entry { border-top: ascii ansi_default; }
#entry Input { width: 100%; margin: 0 1; }
#entry Input > .input--cursor, #entry Input > .input--selection {
    color: ansi_default; background: ansi_default; text-style: reverse;
}

Choice, Reading { align: center middle; }
.box {
    width: 100%; max-width: 100; height: auto; max-height: 100%; margin: 0 2; padding: 0 1;
    border: round ansi_default; background: ansi_default;
}
.-ascii .box { border: ascii ansi_default; }
#list { max-height: 100%; }
"""
