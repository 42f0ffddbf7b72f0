"""Reads result directories of Holdfast and writes one self-contained HTML page with figures.

    /usr/bin/python3 -m reports RESULT_DIR... --out report.html

    __main__.py          arguments and exit codes
    results.py           result.json  -> Run          (reading.py: typed access, errors that name the place)
    series.py            timeline.csv -> Series
    rows.py              runs -> one Row per scenario, subject, world; verdicts and statistics over seeds
    retention_figure.py  retention bars against the target
    timeline_figure.py   what happened when, one figure per row (panels.py: its parts)
    drawing.py           matplotlib -> inline, deterministic SVG coloured by CSS variables (palette.py)
    page.py              the page (verdict_table.py, run_section.py, markup.py, page.css)

The same input gives the same bytes: nothing depends on time, host, locale or the user's matplotlibrc.
"""
