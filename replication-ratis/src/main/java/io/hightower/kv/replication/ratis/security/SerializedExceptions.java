package io.hightower.kv.replication.ratis.security;

import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.FilterInfo;
import java.io.ObjectInputFilter.Status;
import org.apache.ratis.util.IOUtils;

/**
 * The guard against serialized objects from the network: Ratis sends its exceptions in that form, and reads those of others
 * without a look at what they are.
 *
 * <p>The launcher sets {@code jdk.serialFilter}, which holds for the whole process. A program that embeds the store may read
 * other objects for reasons of its own, so {@link #guard} filters what Ratis reads and nothing else. It does so only if the
 * process has no filter; one that the program has set is the program's decision. Thread-safe.
 */
public final class SerializedExceptions {
    /**
     * The classes that exceptions consist of, and how large they may be, in the form of the property
     * {@code jdk.serialFilter}. What does not pass, Ratis replaces by an exception of the same name and message.
     */
    public static final String FILTER = "maxdepth=64;maxarray=10000;maxrefs=100000;maxbytes=4194304;"
            + "java.lang.*;java.util.*;java.util.concurrent.*;java.io.*;org.apache.ratis.**;!*";

    private static final ObjectInputFilter STRICT = ObjectInputFilter.Config.createFilter(FILTER);

    /** Where Ratis reads objects, all of them. */
    private static final String READER = IOUtils.class.getName();

    private SerializedExceptions() {}

    /** Filters what Ratis reads, unless the process has a filter. */
    public static void guard() {
        if (ObjectInputFilter.Config.getSerialFilter() != null) {
            return;
        }
        try {
            ObjectInputFilter.Config.setSerialFilter(SerializedExceptions::judge);
        } catch (IllegalStateException e) {
            // Set by somebody else in the meantime; if not, members must know that they go without.
            if (ObjectInputFilter.Config.getSerialFilter() == null) {
                System.getLogger(SerializedExceptions.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "What other members send cannot be filtered; start Java with -Djdk.serialFilter="
                                        + FILTER);
            }
        }
    }

    private static Status judge(FilterInfo info) {
        return isReadByRatis() ? STRICT.checkInput(info) : Status.UNDECIDED;
    }

    private static boolean isReadByRatis() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(READER)));
    }
}
