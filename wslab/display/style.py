"""How the fragments look: one style sheet, in the colours of the page around them.

It travels inside each fragment, so that a fragment needs nothing from outside. JupyterLab's
variables give light and dark; every rule applies only inside the class ``wslab``.
"""

from __future__ import annotations

from typing import Final

STYLE: Final = """
.wslab{container:wslab/inline-size;--b:var(--jp-border-color2,rgba(128,128,128,.4));color:inherit;line-height:1.45;
font-size:var(--jp-content-font-size1,14px);max-width:74rem;margin:.2em 0 .6em}
.wslab .wslab-h{font-size:1.1em;font-weight:600;margin:.9em 0 .3em}
.wslab>style+.wslab-h{margin-top:0}
.wslab.wslab-edge{border-left:4px solid;padding:.1em .8em}
.wslab p.wslab-p{margin:.2em 0 .5em}
.wslab .wslab-scroll{overflow-x:auto;margin:.3em 0 .8em}
.wslab .wslab-t{border-collapse:collapse;margin:0;width:auto;font-size:.95em;table-layout:auto}
.wslab .wslab-t caption{caption-side:top;text-align:left;padding:0 0 .3em;color:inherit;
font-weight:600}
.wslab .wslab-t tr,.wslab .wslab-t tbody tr{background:none}
.wslab .wslab-t th,.wslab .wslab-t td{text-align:left;vertical-align:top;padding:.28em .7em;
border:0;border-bottom:1px solid var(--b);white-space:nowrap;color:inherit;font-weight:400;
line-height:1.45}
.wslab .wslab-t .wslab-prose{white-space:normal;overflow-wrap:break-word;min-width:10em;
max-width:34em}
.wslab .wslab-t .wslab-bytes{white-space:normal;overflow-wrap:anywhere;min-width:11em;
max-width:30em}
.wslab .wslab-t .wslab-facts{white-space:normal;overflow-wrap:anywhere}
.wslab .wslab-t thead th{border-bottom:2px solid var(--b);opacity:.75;font-size:.9em;
white-space:nowrap}
.wslab .wslab-t tbody th{font-weight:600}
.wslab .wslab-t tbody tr:hover{background:rgba(128,128,128,.1)}
.wslab code{font-family:var(--jp-code-font-family,ui-monospace,Menlo,Consolas,monospace);
font-size:.95em;background:none;color:inherit;padding:0;border:0;white-space:pre}
.wslab p code,.wslab .wslab-bytes code,.wslab .wslab-facts code,.wslab .wslab-prose code{
white-space:pre-wrap}
.wslab .wslab-dim{opacity:.6;white-space:pre}
.wslab .wslab-ok,.wslab .wslab-bad{display:inline-block;border-radius:.8em;padding:0 .6em;
font-weight:600;font-size:.9em;white-space:nowrap}
.wslab .wslab-ok{background:rgba(46,160,67,.2);box-shadow:inset 0 0 0 1px rgba(46,160,67,.7)}
.wslab .wslab-bad{background:rgba(229,57,53,.22);box-shadow:inset 0 0 0 1px rgba(229,57,53,.85)}
.wslab .wslab-key{display:inline-block;width:.7em;height:.7em;border-radius:.2em;
margin-right:.45em;border:1px solid}
.wslab details{margin:.3em 0 .8em}
.wslab summary{cursor:pointer;font-weight:600}
.wslab summary:focus-visible,.wslab .wslab-scroll:focus-visible{outline:2px solid
var(--jp-brand-color1,#1976d2);outline-offset:2px}
.wslab .wslab-drawing[hidden]{display:block!important;overflow-x:auto}
.wslab .wslab-drawing svg{display:block;max-width:100%;height:auto}
.wslab .wslab-twin{display:none}
@container wslab (max-width:760px){
.wslab .wslab-t th,.wslab .wslab-t td{padding:.28em .4em}
.wslab .wslab-t .wslab-nw{white-space:normal}
.wslab .wslab-t .wslab-nw:last-child{min-width:4.9em}
.wslab .wslab-t th:has(.wslab-key){min-width:5.6em}
.wslab .wslab-t tr:has(.wslab-key) td:nth-child(2){min-width:4.8em}
.wslab .wslab-t .wslab-prose{min-width:10em;overflow-wrap:anywhere}
.wslab .wslab-t .wslab-bytes{min-width:7.5em}
.wslab .wslab-t .wslab-bytes code{white-space:pre-wrap}}
"""
