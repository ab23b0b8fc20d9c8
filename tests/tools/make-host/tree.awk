# Gathers folders, links and files, and prints the shell script that makes them, with few
# processes.  Paths are below DIR: sys/class/net.

function quote(text)
{
    gsub(/'/, "'\\''", text)
    return "'" text "'"
}

function base(path)
{
    sub(/.*\//, "", path)
    return path
}

function parent(path)
{
    sub(/\/[^\/]*$/, "", path)
    return path
}

# The way from a folder to a path, as the kernel writes it: by the nearest folder that both are
# below, so it ends with the name (fs/kernfs/symlink.c, kernfs_get_target_path()).
function relative(dir, path,    a, b, i, n, m, out)
{
    n = split(dir, a, "/")
    m = split(path, b, "/")
    for (i = 1; i <= n && i < m && a[i] == b[i]; i++)
        path = substr(path, length(a[i]) + 2)
    for (; i <= n; i++)
        out = out "../"
    return out path
}

function folder(path)
{
    if (path in made)
        return
    made[path] = 1
    folders[++folder_count] = path
}

# a link in a folder which has its target's name
function link_into(target, path)
{
    folder(path)
    if (!(path in links_into))
        into[++into_count] = path
    links_into[path] = links_into[path] " " relative(path, target)
}

# a link of any text
function raw_link(text, path)
{
    folder(parent(path))
    links[++link_count] = quote(text) " " quote(path)
}

function link(target, path)
{
    if (base(target) == base(path))
        link_into(target, parent(path))
    else
        raw_link(relative(parent(path), target), path)
}

function write(path, format, words)
{
    if (path ~ /\//)
        folder(parent(path))
    files[++file_count] = "printf '" format "'" words " >" quote(path)
}

# a file of lines, the last one without its newline
function file(path, text)
{
    write(path, text == "" ? "" : "%s\\n", text == "" ? "" : " " quote(text))
}

function fifo(path)
{
    folder(parent(path))
    fifos = fifos " " quote(path)
}

# Many names to one process, but not so many that exec() refuses.
function print_batches(before, list, n, after,    i, line)
{
    for (i = 1; i <= n; i++) {
        line = line " " quote(list[i])
        if (i % 200 == 0 || i == n) {
            print before line after
            line = ""
        }
    }
}

function print_tree(    i, n, list)
{
    print_batches("mkdir -p --", folders, folder_count, "")
    for (i = 1; i <= into_count; i++) {
        n = split(links_into[into[i]], list, " ")
        print_batches("ln -s --", list, n, " " quote(into[i]))
    }
    for (i = 1; i <= link_count; i++)
        print "ln -s -- " links[i]
    for (i = 1; i <= file_count; i++)
        print files[i]
    if (fifos != "")
        print "mkfifo --" fifos
    if (removed != "")
        print "rm -rf --" removed
}
