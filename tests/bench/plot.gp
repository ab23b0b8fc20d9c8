# SPDX-License-Identifier: LGPL-2.1-or-later
# docs/performance.svg: processor time against number, from the data of growth.sh.
#
#   GROWTH_DATA=growth.data ./run bench
#   gnuplot -e "data='growth.data'" tests/bench/plot.gp >docs/performance.svg

set terminal svg size 760,500 font "sans-serif,13" background "white"
set title "Processor time above the start of the tool (both axes logarithmic)"
set xlabel "how many"
set ylabel "milliseconds"
set logscale xy
set grid lt rgb "#dddddd"
set key top right samplen 2
set xrange [400:500000]
set yrange [5:2000]
set format x "%.0f"
set format y "%.0f"

# What grows in proportion is parallel to these.
each(x, us) = x * us / 1000

stats data using 1:2 nooutput
plot for [us in "0.2 20 200"] each(x, us + 0) with lines dashtype 3 lc rgb "#bbbbbb" notitle, \
    for [i = 0:STATS_blocks - 1] data index i using 1:2 with linespoints pointtype 7 pointsize 0.6 \
    title columnheader(1)
