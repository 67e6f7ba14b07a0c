import Storage

/// Frozen: a change is a further migration, never an edit.
enum DigitizationSchema {
    static let migrations = [
        Migration(
            name: "digitization: documents",
            sql: """
                CREATE TABLE document (
                    sequence INTEGER PRIMARY KEY,
                    document_id TEXT NOT NULL UNIQUE CHECK (document_id <> ''),
                    dossier_id TEXT NOT NULL CHECK (dossier_id <> ''),
                    -- Empty for a result.
                    component_id TEXT NOT NULL,
                    purpose TEXT NOT NULL CHECK (purpose IN ('component', 'result')),
                    file_name TEXT NOT NULL CHECK (length(CAST(file_name AS BLOB)) <= 255),
                    size_bytes INTEGER NOT NULL CHECK (size_bytes BETWEEN 1 AND 2147483648),
                    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
                    media_type TEXT NOT NULL CHECK (
                        media_type IN ('application/pdf', 'image/png', 'image/jpeg', 'image/tiff')
                    ),
                    page_count INTEGER NOT NULL CHECK (page_count >= 0),
                    created_at INTEGER NOT NULL,
                    CHECK ((purpose = 'result') = (component_id = ''))
                ) STRICT;
                CREATE INDEX document_dossier ON document (dossier_id, sequence);
                CREATE INDEX document_content ON document (sha256);
                """)
    ]
}
