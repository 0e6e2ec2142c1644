package io.hightower.kv.replication.ratis.read;

import java.util.Optional;
import java.util.function.Predicate;

/** What this member knows about who leads. Thread-safe, cheap, never blocks. */
public interface Leadership {
    /** Returns the term in which this member leads and has applied what earlier leaders left; -1 if there is none. */
    long termReady();

    /** Returns the index through which this member knows the log to be committed. */
    long committedIndex();

    /**
     * Tells whether this member and those that {@code acknowledged} holds for are a majority of the voters: of the present
     * configuration and, while it is being changed, of the former one as well.
     */
    boolean isMajority(Predicate<String> acknowledged);

    /** Returns the member that leads, as far as this one knows, itself included. */
    Optional<String> leaderId();
}
