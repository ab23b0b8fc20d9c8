#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The report: a page from saved plans, from domains and from both; as HTML, Markdown and XML.

. "$srcdir/tests/cli/lib.sh"

copy "$srcdir/examples/demo-host.xml" host.xml
tool --host host.xml plan --all -o one.plan

# ---- from saved plans

tool report one.plan
is "$status $(cat err)" "0 " "report: a refusal is what it is for, so the status is 0"
cp out page.html
tool report one.plan
same out page.html "the same plans make the same page"
is "$(grep -o '<details class="domain' page.html | wc -l)" 8 "it has a line for each domain" ||
    grep -o '<details class="domain[^>]*>' page.html | sed 's/^/# /'
for words in 'will change' 'refused' 'adds 3 placeholders' 'TU104 HD Audio Controller, snd_hda_intel' \
    'Also used by: domain workstation' 'add --allow-member 0000:04:00.1' \
    'virt-iommufix apply --prune recorder' 'virt-iommufix apply --plan one.plan' \
    "managed='yes'&gt;"; do
    grep -qF -- "$words" page.html
    result "it says: $words"
done
grep -E -q '(src|href)=|url\(|@import|https?:' page.html
is "$?" 1 "it needs nothing beside it"

tool report one.plan -o new.html
same new.html page.html "-o writes it to a file"
is "$(cat out)" "" "and prints nothing"
tool report one.plan -o new.html
is "$status $(cat out)" "2 " "an existing file is an error"
same new.html page.html "and is not overwritten"

# ---- many hosts

cp one.plan "two hosts'.plan"
tool report one.plan "two hosts'.plan"
is "$(grep -o '<section class="host">' out | wc -l)" 2 "two plans are two hosts"
grep -q '16 domains of 2 hosts' out
result "and are counted"
grep -qF "virt-iommufix apply --plan 'two hosts'\\''.plan'" out
result "a command is quoted as the shell needs it"
# The tool makes the page host by host, so that its memory does not grow with the hosts.
tool report one.plan "two hosts'.plan" --format=xml
cp out two.xml
tool report one.plan "two hosts'.plan"
sed '/<body>/,$!d; s/.*<body>/<body>/; /<script>/,$d' out >parts
sed "s,<report ,&format='html' ," two.xml | xsltproc "$srcdir/xslt/report.xsl" - 2>xsltproc.err |
    sed '/<body>/,$!d; s/.*<body>/<body>/; /<script>/,$d' >whole
is "$(grep -c '<section class="host">' parts)" 2 "HTML: there are two parts"
same parts whole "which are the page of both hosts" || show xsltproc.err
tool report one.plan "two hosts'.plan" --format=markdown
# xsltproc writes it as HTML.
sed "s,<report ,&format='markdown' ," two.xml | xsltproc "$srcdir/xslt/report.xsl" - 2>xsltproc.err |
    sed '/^# /,$!d; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' >whole
same out whole "Markdown: the parts are the page of both hosts" || show xsltproc.err
tool --host host.xml report --all --format=xml
is "$status" 0 "report --all" || show err
xmllint --noout --relaxng "$srcdir/xslt/report.rng" out 2>rng.err
result "--format=xml is valid" || show rng.err
tool --host host.xml report one.plan gaming "$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml" --format=xml
is "$status" 0 "plans, domains and files" || show err
xmllint --noout --relaxng "$srcdir/xslt/report.rng" out 2>rng.err
result "are valid together" || show rng.err
is "$(grep -c '<plan ' out)" 10 "and are all there"
xsltproc "$srcdir/xslt/report.xsl" out >own.html 2>/dev/null
tool --host host.xml report gaming nobody --format=xml
is "$status $(grep -c '<failed ' out)" "2 1" "a domain that cannot be read has its line" || show out
grep -q 'nobody' err
result "and is said"

# ---- Markdown

tool report one.plan --format=markdown
sed 's/planned [^,]*/planned TIME/' out >markdown
golden markdown report.md

# Names that HTML, Markdown and XML each read in their own way.
# shellcheck disable=SC2016
sed 's/<name>gaming</<name>\&lt;b>|`x`*\&amp;</' "$srcdir/examples/demo-host.xml" >odd.xml
tool --host odd.xml report --all
# shellcheck disable=SC2016
grep -qF '<h3>&lt;b&gt;|`x`*&amp;</h3>' out
result "HTML: a name is text"
tool --host odd.xml report --all --format=markdown
# shellcheck disable=SC2016
grep -qF '| &lt;b&gt;\|\`x\`\*&amp; |' out
result "Markdown: a name is text" || show out

# ---- what it can't use

tool report
is "$status $(cat out)" "2 " "no argument"
tool report missing.plan
is "$status $(cat out)" "2 " "a plan that is missing"
grep -q 'missing.plan' err
result "it is named" || show err
echo '<plans version="1"/>' >printed.plan
tool report printed.plan
is "$status $(cat out)" "2 " "a plan that was not saved"
sed 's/reason="missing"/reason="declined"/' one.plan >changed.plan
tool report changed.plan
is "$status $(cat out)" "2 " "a plan that was changed"
grep -q 'changed.plan: gaming: its plan was changed after it was saved' err
result "it is said" || show err
head -c 2000 /dev/urandom >noise.plan
tool report noise.plan
is "$status $(cat out) $(wc -l <err)" "2  1" "noise"
tool report one.plan --format=pdf
is "$status $(cat err)" "2 virt-iommufix: --format=pdf: use html, markdown or xml" "another format"

finish
