package io.hightower.kv.cli;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.engine.Options;
import io.hightower.kv.engine.StorageOptions;
import io.hightower.kv.server.ServerOptions;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Knobs have one name in programs, {@code queueBytesMax}, and another on the command line, {@code --queue-bytes-max}. */
final class FlagNames {
    private static final Pattern KNOB = Pattern.compile("\\b[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+\\b");
    private static final Pattern WORD_START = Pattern.compile("[A-Z]");

    /** What else looks like a knob is left as it is. */
    private static final Set<String> KNOBS = Stream.concat(
                    Stream.of(Options.class, StorageOptions.class, ClusterOptions.class, ServerOptions.class)
                            .flatMap(options -> Stream.of(options.getRecordComponents()))
                            .map(RecordComponent::getName),
                    Stream.of(
                            "autoCompactionRetention",
                            "autoCompactionInterval",
                            "logBytesKept",
                            "transferBytesPerSecond"))
            .collect(Collectors.toUnmodifiableSet());

    private FlagNames() {}

    /** Returns the flag of a knob. */
    static String of(String knob) {
        return "--"
                + WORD_START
                        .matcher(knob)
                        .replaceAll(found -> "-" + found.group().toLowerCase(Locale.ROOT));
    }

    /** Returns a message in which flags stand for knobs. */
    static String in(String message) {
        return KNOB.matcher(message)
                .replaceAll(found -> KNOBS.contains(found.group()) ? of(found.group()) : found.group());
    }

    /**
     * Returns what {@code options} makes of the flags.
     *
     * @throws IllegalArgumentException as it does, naming flags instead of knobs
     */
    static <T> T naming(Supplier<T> options) {
        try {
            return options.get();
        } catch (IllegalArgumentException e) {
            String message = e.getMessage();
            throw new IllegalArgumentException(message == null ? "a flag is wrong" : in(message), e);
        }
    }
}
