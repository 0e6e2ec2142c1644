package io.hightower.kv.tls;

import java.nio.file.Path;

/** A file for TLS cannot be used as it is; the message says which, why, and what to do. */
public final class TlsFileException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;

    TlsFileException(Path file, String problem, String advice) {
        super(text(file, problem, advice));
        this.file = file;
    }

    TlsFileException(Path file, String problem, String advice, Throwable cause) {
        super(text(file, problem, advice), cause);
        this.file = file;
    }

    private static String text(Path file, String problem, String advice) {
        return problem + ": file=" + file + "; " + advice;
    }

    /** Returns the file. */
    public Path file() {
        return file;
    }
}
