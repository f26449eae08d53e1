#ifndef CSYSTEMD_SHIM_H
#define CSYSTEMD_SHIM_H
/* Keeps sd_journal_* functions; with locations on they are macros, which Swift does not import. */
#define SD_JOURNAL_SUPPRESS_LOCATION 1
#include <sys/eventfd.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#endif
