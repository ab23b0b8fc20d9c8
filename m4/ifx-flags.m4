dnl SPDX-License-Identifier: LGPL-2.1-or-later

dnl IFX_CC_FLAGS(VARIABLE, FLAG...): adds to VARIABLE each flag that the compiler takes. A flag
dnl that it takes with a warning, as clang does with gcc's, it does not know.
AC_DEFUN([IFX_CC_FLAGS], [
    ifx_saved_CFLAGS=$CFLAGS
    for ifx_flag in $2; do
        AC_MSG_CHECKING([whether $CC takes $ifx_flag])
        CFLAGS="$ifx_saved_CFLAGS -Werror $ifx_flag"
        AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
            [$1="$$1 $ifx_flag"
             AC_MSG_RESULT([yes])],
            [AC_MSG_RESULT([no])])
    done
    CFLAGS=$ifx_saved_CFLAGS])

dnl IFX_LD_FLAGS(VARIABLE, FLAG..., CFLAGS): adds to VARIABLE each flag that a program can be
dnl linked with, when it is compiled with CFLAGS.
AC_DEFUN([IFX_LD_FLAGS], [
    ifx_saved_CFLAGS=$CFLAGS
    ifx_saved_LDFLAGS=$LDFLAGS
    CFLAGS="$CFLAGS $3 -Werror"
    for ifx_flag in $2; do
        AC_MSG_CHECKING([whether $CC links with $ifx_flag])
        LDFLAGS="$ifx_saved_LDFLAGS $ifx_flag"
        AC_LINK_IFELSE([AC_LANG_PROGRAM()],
            [$1="$$1 $ifx_flag"
             AC_MSG_RESULT([yes])],
            [AC_MSG_RESULT([no])])
    done
    CFLAGS=$ifx_saved_CFLAGS
    LDFLAGS=$ifx_saved_LDFLAGS])

dnl IFX_FORTIFY(VARIABLE): adds to VARIABLE the highest _FORTIFY_SOURCE that the compiler and its
dnl libc carry out; nothing where it is set already, by the user or a distribution, or where
dnl CFLAGS do not optimise, which it needs.
AC_DEFUN([IFX_FORTIFY], [
    AC_MSG_CHECKING([for the level of _FORTIFY_SOURCE])
    ifx_fortify="as it was set"
    AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
        #if !defined __OPTIMIZE__ || defined _FORTIFY_SOURCE
        # error
        #endif
        ]])], [
        ifx_fortify=none
        for ifx_level in 3 2; do
            ifx_saved_CFLAGS=$CFLAGS
            CFLAGS="$CFLAGS -Werror -D_FORTIFY_SOURCE=$ifx_level"
            AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]])],
                [ifx_fortify=$ifx_level])
            CFLAGS=$ifx_saved_CFLAGS
            AS_IF([test "$ifx_fortify" != none], [break])
        done
        AS_IF([test "$ifx_fortify" != none], [$1="$$1 -D_FORTIFY_SOURCE=$ifx_fortify"])])
    AC_MSG_RESULT([$ifx_fortify])])
