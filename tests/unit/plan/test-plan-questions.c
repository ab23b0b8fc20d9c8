/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"
#include "test-plan-scene.h"

typedef struct {
    guint32 class_code;
    const char *attached;    /* what hangs on it; NULL: nothing */
    guint questions;        /* ifxSight */
} ifxTestSight;

static const ifxTestSight sights[] = {
    { 0x010802, "nvme/nvme0", IFX_SIGHT_STORAGE | IFX_SIGHT_PROCESSES },
    { 0x080501, "block/mmcblk0", IFX_SIGHT_STORAGE | IFX_SIGHT_PROCESSES },
    { 0x080501, NULL, 0 },
    { 0x0c0400, "scsi_host/host1", IFX_SIGHT_STORAGE | IFX_SIGHT_PROCESSES },
    { 0x020000, NULL, IFX_SIGHT_NETWORK },
    { 0x0d8000, NULL, IFX_SIGHT_NETWORK },
    { 0x030000, NULL, IFX_SIGHT_CONSOLE | IFX_SIGHT_PROCESSES },
    { 0x000100, NULL, IFX_SIGHT_CONSOLE | IFX_SIGHT_PROCESSES },
    { 0x0c0600, "infiniband/mlx5_0", IFX_SIGHT_NETWORK | IFX_SIGHT_PROCESSES },
    { 0x0c0330, NULL, 0 },
    { 0x0c0330, "usb/1-4", IFX_SIGHT_PROCESSES },
    { 0x0c0330, "input/input4", IFX_SIGHT_CONSOLE },
    { 0x0c0010, "firewire/fw0", IFX_SIGHT_PROCESSES },
    { 0x070002, "tty/ttyS4", IFX_SIGHT_PROCESSES },
    { 0xff0000, NULL, 0 },
    { 0xff0000, "block/mmcblk0", IFX_SIGHT_STORAGE | IFX_SIGHT_PROCESSES },
    { 0x118000, NULL, 0 },
    { 0x040300, NULL, 0 },
    { 0x040300, "sound/card0", 0 },
};

START_TEST(a_question_that_was_not_asked_is_no_proof)
{
    const ifxTestSight *test = &sights[_i];
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    guint sight;

    if (test->attached)
        g_ptr_array_add(ids, (gpointer) test->attached);
    for (sight = 0; sight <= IFX_SIGHT_ALL; sight++) {
        g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, test->class_code, "driver");
        const guint missing = test->questions & ~sight;
        g_autofree char *words = ifxSightDescribe(missing);
        g_autofree char *refused =
            g_strdup_printf("refused no | declared/declared | refuse/unknown-use "
                            "[unknown-use by-name: nothing shows %s]", words);

        ifxUseGraphUnref(scene->use);
        scene->use = ifxUseGraphNew();
        ifxUseGraphAddSight(scene->use, (ifxSight) sight);
        ifxUseAttachedRecord(scene->use, &member_address, ids);
        ifxAssertScene(scene, missing == 0 ?
                       "change no | declared/declared | add/missing" : refused);
    }
}
END_TEST

typedef struct {
    guint32 class_code;
    const char *attached;
    const char *words;      /* NULL: it is free */
} ifxTestAttached;

static const ifxTestAttached unlisted[] = {
    { 0x088000, "tpm/tpm0", "tpm/tpm0: nothing shows what uses it" },
    { 0x0c0330, "interface/1-4 (r8152)", "1-4 (r8152): nothing shows what uses it" },
    { 0x018000, "virtio/virtio3", "virtio3: nothing shows what uses it" },
    { 0x070002, "console/ttyS4", "ttyS4: a console of the kernel" },
    { 0x018000, NULL, "no disk is visible, and nothing shows what uses it" },
    { 0x0c0400, NULL, "no disk is visible, and nothing shows what uses it" },
    { 0x010400, "pci/10000:e0:06.0", NULL },
};

START_TEST(users_that_nothing_shows_are_unknown)
{
    const ifxTestAttached *test = &unlisted[_i];
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, test->class_code, "driver");
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autofree char *refused =
        g_strdup_printf("refused no | declared/declared | refuse/unknown-use "
                        "[unknown-use by-name: %s]", test->words);

    if (test->attached)
        g_ptr_array_add(ids, (gpointer) test->attached);
    ifxUseAttachedRecord(scene->use, &member_address, ids);
    ifxAssertScene(scene, test->words ? refused : "change no | declared/declared | add/missing");
}
END_TEST

typedef struct {
    guint32 class_code;
    bool listed;            /* libvirt would list what hangs on it */
} ifxTestListed;

static const ifxTestListed listed[] = {
    { 0x0c0330, true }, { 0x0c8000, true }, { 0x080501, true }, { 0xff0000, true },
    { 0x040000, false }, { 0x070002, false }, { 0x0c0010, false }, { 0x088000, false },
    { 0x118000, false }, { 0x120000, false }, { 0x0c0700, false },
};

/* A connection or a capture, which has node devices of other kinds or has none. */
START_TEST(node_devices_show_what_libvirt_lists)
{
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, listed[_i].class_code, "driver");
    const char *refused = "refused no | declared/declared | refuse/unknown-use "
        "[unknown-use by-name: nothing shows what hangs on it]";

    ifxUseGraphUnref(scene->use);
    scene->use = ifxUseGraphNew();
    ifxAssertScene(scene, refused);
    ifxUseGraphAddSight(scene->use, IFX_SIGHT_DEVICES);
    ifxAssertScene(scene, listed[_i].listed ? "change no | declared/declared | add/missing" :
                   refused);
    ifxUseGraphAddThing(scene->use, "usb/1-4", "usb 1-4");
    ifxUseGraphAddDevice(scene->use, "usb/1-4", &member_address);
    ck_assert_int_eq(ifxUseAttachedGetQuestions(ifxUseAttachedFind(scene->use, &member_address)),
                     IFX_SIGHT_PROCESSES);
}
END_TEST

START_TEST(a_sound_card_is_free_whatever_hangs_on_it)
{
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x040300, "snd_hda_intel");

    ifxUseGraphUnref(scene->use);
    scene->use = NULL;
    ifxAssertScene(scene, "change no | declared/declared | add/missing");
}
END_TEST

Suite *
ifxSuitePlanQuestions(void)
{
    Suite *suite = suite_create("plan-questions");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, a_question_that_was_not_asked_is_no_proof, 0, G_N_ELEMENTS(sights));
    tcase_add_loop_test(all, users_that_nothing_shows_are_unknown, 0, G_N_ELEMENTS(unlisted));
    tcase_add_loop_test(all, node_devices_show_what_libvirt_lists, 0, G_N_ELEMENTS(listed));
    tcase_add_test(all, a_sound_card_is_free_whatever_hangs_on_it);
    suite_add_tcase(suite, all);
    return suite;
}
