internal import GRDB

/// The tables, and how they came to be.
///
/// Few rows and narrow indices, as these are what a commit costs and what a saga takes (decision 0027): a saga's own row has its newest
/// inputs too, as a ``Tail``, and only those that are too many for it lie in `history`, some to a row, under the number of the first. A saga
/// is found by its number, which its id holds; timers are the column `due`.
///
/// All are STRICT, so that SQLite takes no value of another type from whoever writes by hand; what was written past it, or damaged, is
/// looked at when it is read all the same.
enum Schema {
    /// `sqlite3_file(1)` and the like show it: "yogi".
    static let applicationID = 0x796F_6769

    /// A change of the tables is another migration behind the last; a store with one that this program does not know is not opened.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            for sql in [sagas, shown, aside, keys] { try db.execute(sql: sql) }
        }
        return migrator
    }

    /// `saga_find` has one entry a saga, by what lists ask for, newest last (the number stands at the end of each): what is rare is found
    /// among any number of others. The tail and the summary stand last in their row: who reads the rest does not come by them.
    ///
    /// `saga_serial` finds a saga by its serial, and the last serial that was given; what retention or a restore takes out of it is kept in
    /// `serial_given`, by the workflow's name, so that a start writes no counter (decision 0034).
    ///
    /// `commit_log` names the inputs of each commit, in the order of the commits: what a feed walks along. Its newest row is never taken
    /// away, so that no number comes twice.
    private static let sagas = """
        CREATE TABLE workflow(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL,
            source TEXT NOT NULL, phrases BLOB NOT NULL, UNIQUE(name, version)) STRICT;
        CREATE TABLE saga(
            number INTEGER PRIMARY KEY, low INTEGER NOT NULL, workflow INTEGER NOT NULL,
            status INTEGER NOT NULL, state TEXT NOT NULL, due INTEGER, last INTEGER NOT NULL, serial INTEGER,
            at INTEGER, first INTEGER NOT NULL DEFAULT 1, tail BLOB, summary BLOB) STRICT;
        CREATE INDEX saga_find ON saga(status, workflow, state);
        CREATE INDEX saga_serial ON saga(workflow, serial) WHERE serial IS NOT NULL;
        CREATE TABLE serial_given(workflow TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX saga_live ON saga(due) WHERE due IS NOT NULL;
        CREATE TABLE history(
            row INTEGER PRIMARY KEY, saga INTEGER NOT NULL, n INTEGER NOT NULL,
            at INTEGER NOT NULL, records BLOB NOT NULL) STRICT;
        CREATE UNIQUE INDEX history_place ON history(saga, n);
        CREATE TABLE commit_log(row INTEGER PRIMARY KEY, at INTEGER NOT NULL, inputs BLOB NOT NULL) STRICT;
        CREATE TABLE feed(life INTEGER NOT NULL, since INTEGER NOT NULL) STRICT;
        INSERT INTO feed SELECT random(), 0;
        CREATE TABLE tag(
            hash INTEGER NOT NULL, saga INTEGER NOT NULL, PRIMARY KEY(hash, saga)) STRICT, WITHOUT ROWID;
        """

    /// What is shown of a saga, written in its commit (decision 0024). A view's rows lie in the order of their sagas, which is that of a
    /// page.
    private static let shown = """
        CREATE TABLE view(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, older INTEGER, position INTEGER,
            done INTEGER, total INTEGER) STRICT;
        CREATE TABLE view_definition(
            view INTEGER NOT NULL, workflow TEXT NOT NULL, digest INTEGER NOT NULL,
            PRIMARY KEY(view, workflow)) STRICT, WITHOUT ROWID;
        CREATE TABLE view_row(
            view INTEGER NOT NULL, saga INTEGER NOT NULL, key INTEGER,
            data BLOB NOT NULL, PRIMARY KEY(view, saga)) STRICT, WITHOUT ROWID;
        CREATE INDEX view_row_key ON view_row(view, key, saga) WHERE key IS NOT NULL;
        """

    /// Few rows each, and none of them on the way of a saga that does well. `restore` has one at most: the backup that this store was
    /// restored from. `consumer` says how far each of those has come that are told what happens (decision 0032).
    private static let aside = """
        CREATE TABLE job(
            id INTEGER PRIMARY KEY, act TEXT NOT NULL, words BLOB NOT NULL,
            uid INTEGER, gid INTEGER, pid INTEGER, count INTEGER NOT NULL, per INTEGER NOT NULL,
            accepted INTEGER NOT NULL, ended INTEGER, total INTEGER NOT NULL, position INTEGER NOT NULL) STRICT;
        CREATE INDEX job_open ON job(id) WHERE ended IS NULL;
        CREATE TABLE job_saga(
            job INTEGER NOT NULL, position INTEGER NOT NULL, saga INTEGER NOT NULL, low INTEGER NOT NULL,
            outcome INTEGER, message TEXT, PRIMARY KEY(job, position)) STRICT, WITHOUT ROWID;
        CREATE TABLE suspect(
            saga INTEGER NOT NULL, input INTEGER NOT NULL, count INTEGER NOT NULL, process INTEGER NOT NULL,
            at INTEGER NOT NULL, words TEXT NOT NULL, PRIMARY KEY(saga, input)) STRICT, WITHOUT ROWID;
        CREATE TABLE early_signal(
            row INTEGER PRIMARY KEY AUTOINCREMENT, workflow TEXT NOT NULL, key TEXT NOT NULL,
            name TEXT NOT NULL, data BLOB NOT NULL, uid INTEGER, gid INTEGER, pid INTEGER,
            at INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;
        CREATE INDEX early_signal_key ON early_signal(workflow, key);
        CREATE INDEX early_signal_until ON early_signal(until);
        CREATE TABLE restore(as_of INTEGER NOT NULL, told INTEGER NOT NULL, paused INTEGER NOT NULL) STRICT;
        CREATE TABLE consumer(
            name TEXT PRIMARY KEY, life INTEGER NOT NULL, place INTEGER NOT NULL, told INTEGER NOT NULL,
            workflows TEXT NOT NULL, kinds TEXT NOT NULL, made INTEGER NOT NULL, moved INTEGER) STRICT, WITHOUT ROWID;
        """

    /// What seals `history.records`, `saga.tail`, `saga.summary`, `view_row.data`, `early_signal.data` and `job.words`; see `Keys`.
    private static let keys = """
        CREATE TABLE data_key(
            id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL, master TEXT NOT NULL,
            row INTEGER NOT NULL, saga INTEGER NOT NULL, row_until INTEGER NOT NULL, saga_until INTEGER NOT NULL,
            done INTEGER NOT NULL, total INTEGER NOT NULL) STRICT;
        """
}
