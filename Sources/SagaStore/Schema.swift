internal import GRDB

/// The tables, and how they came to be.
///
/// Few rows and narrow indices, as these are what a commit costs: one history row, one saga row and the rows of its views an input. A row of a history is found
/// by `(saga, n)`, of which a saga has those from 1 to `last`; `row` is in the order of the writes, and nobody outside knows it. A saga is
/// found by its number, which its id holds; timers are the column `due`.
enum Schema {
    /// `sqlite3_file(1)` and the like show it: "yogi".
    static let applicationID = 0x796F_6769

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE workflow(
                        id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL,
                        source TEXT NOT NULL, UNIQUE(name, version));
                    CREATE TABLE saga(
                        number INTEGER PRIMARY KEY, low INTEGER NOT NULL, workflow INTEGER NOT NULL,
                        status INTEGER NOT NULL, state TEXT NOT NULL, due INTEGER, last INTEGER NOT NULL);
                    CREATE INDEX saga_live ON saga(due, status, workflow) WHERE due IS NOT NULL;
                    CREATE TABLE history(
                        row INTEGER PRIMARY KEY, saga INTEGER NOT NULL, n INTEGER NOT NULL,
                        at INTEGER NOT NULL, records BLOB NOT NULL);
                    CREATE UNIQUE INDEX history_place ON history(saga, n);
                    CREATE TABLE tag(hash INTEGER NOT NULL, saga INTEGER NOT NULL, PRIMARY KEY(hash, saga)) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2") { db in
            try db.execute(
                sql: """
                    CREATE TABLE job(
                        id INTEGER PRIMARY KEY, act TEXT NOT NULL, reason TEXT NOT NULL, filter TEXT NOT NULL,
                        uid INTEGER, gid INTEGER, pid INTEGER, count INTEGER NOT NULL, per INTEGER NOT NULL,
                        accepted INTEGER NOT NULL, ended INTEGER, total INTEGER NOT NULL, position INTEGER NOT NULL);
                    CREATE INDEX job_open ON job(id) WHERE ended IS NULL;
                    CREATE TABLE job_saga(
                        job INTEGER NOT NULL, position INTEGER NOT NULL, saga INTEGER NOT NULL, low INTEGER NOT NULL,
                        outcome INTEGER, message TEXT, PRIMARY KEY(job, position)) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("3") { db in
            // Few rows each: neither is on the way of a saga that does well.
            try db.execute(
                sql: """
                    CREATE TABLE suspect(
                        saga INTEGER NOT NULL, input INTEGER NOT NULL, count INTEGER NOT NULL, process INTEGER NOT NULL,
                        at INTEGER NOT NULL, words TEXT NOT NULL, PRIMARY KEY(saga, input)) WITHOUT ROWID;
                    CREATE TABLE early_signal(
                        row INTEGER PRIMARY KEY AUTOINCREMENT, workflow TEXT NOT NULL, key TEXT NOT NULL,
                        name TEXT NOT NULL, id TEXT, data BLOB NOT NULL, uid INTEGER, gid INTEGER, pid INTEGER,
                        at INTEGER NOT NULL, until INTEGER NOT NULL);
                    CREATE INDEX early_signal_key ON early_signal(workflow, key);
                    CREATE INDEX early_signal_until ON early_signal(until);
                    """)
        }
        migrator.registerMigration("4") { db in
            // What seals `history.records`, `saga.summary`, `view_row.data`, `early_signal.data` (with the id) and `job.reason` (with the
            // filter); see `Keys`.
            try db.execute(
                sql: """
                    CREATE TABLE data_key(
                        id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL, plain INTEGER, position INTEGER NOT NULL,
                        until INTEGER NOT NULL, master TEXT NOT NULL);
                    """)
        }
        addLater(to: &migrator)
        return migrator
    }

    private static func addLater(to migrator: inout DatabaseMigrator) {
        // One row at most: the backup that this store was restored from.
        let restore = "CREATE TABLE restore(as_of INTEGER NOT NULL, told INTEGER NOT NULL, paused INTEGER NOT NULL)"
        migrator.registerMigration("5") { try $0.execute(sql: restore) }
        // No table changes: a program of before does not know the kind of 'started' that sagas have from here on, and must not open it.
        migrator.registerMigration("6") { _ in }
        migrator.registerMigration("7") { db in
            // One entry a saga, by what lists ask for, newest last (the number stands at the end of each): what is rare is found among any
            // number of others. The due times no longer carry what this has.
            try db.execute(
                sql: """
                    CREATE INDEX saga_find ON saga(status, workflow, state);
                    DROP INDEX saga_live;
                    CREATE INDEX saga_live ON saga(due) WHERE due IS NOT NULL;
                    """)
        }
        migrator.registerMigration("8") { db in
            // What is shown of a saga, written in its commit (decision 0024). The summary stands last: who reads the rest of the row does
            // not come by it. A view's rows lie in the order of their sagas, which is that of a page.
            try db.execute(
                sql: """
                    ALTER TABLE saga ADD COLUMN summary BLOB;
                    CREATE TABLE view(
                        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, older INTEGER, position INTEGER,
                        done INTEGER, total INTEGER);
                    CREATE TABLE view_definition(
                        view INTEGER NOT NULL, workflow TEXT NOT NULL, digest INTEGER NOT NULL,
                        PRIMARY KEY(view, workflow)) WITHOUT ROWID;
                    CREATE TABLE view_row(
                        view INTEGER NOT NULL, saga INTEGER NOT NULL, low INTEGER NOT NULL, key INTEGER,
                        data BLOB NOT NULL, PRIMARY KEY(view, saga)) WITHOUT ROWID;
                    CREATE INDEX view_row_key ON view_row(view, key, saga) WHERE key IS NOT NULL;
                    """)
        }
        migrator.registerMigration("9") { db in
            // The inputs of each commit, in the order of the commits: what a feed walks along. Its newest row is never taken away, so that no
            // number comes twice in one life of the store; `feed` has one row, which says which life that is.
            try db.execute(
                sql: """
                    CREATE TABLE commit_log(row INTEGER PRIMARY KEY, at INTEGER NOT NULL, inputs BLOB NOT NULL);
                    CREATE TABLE feed(life INTEGER NOT NULL, since INTEGER NOT NULL);
                    INSERT INTO feed SELECT random(), 0;
                    """)
        }
    }
}
