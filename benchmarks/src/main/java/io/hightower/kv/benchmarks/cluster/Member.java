package io.hightower.kv.benchmarks.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/** A member of the measured cluster. <b>Used by one thread at a time.</b> */
interface Member extends AutoCloseable {
    /**
     * How to open one.
     *
     * @param name its name
     * @param directory where it lives
     * @param addresses the peer addresses of all members by their names
     * @param batchCommandsMax most commands in one log entry
     * @param keys how many different keys are written and read
     * @param valueBytes length of a value
     */
    record Order(
            String name,
            Path directory,
            Map<String, String> addresses,
            int batchCommandsMax,
            long keys,
            int valueBytes) {
        /** Returns it as arguments of a program, for {@link #parse}. */
        String[] arguments() {
            StringJoiner members = new StringJoiner(",");
            addresses.forEach((member, address) -> members.add(member + "=" + address));
            return new String[] {
                name,
                directory.toString(),
                members.toString(),
                Integer.toString(batchCommandsMax),
                Long.toString(keys),
                Integer.toString(valueBytes)
            };
        }

        static Order parse(String[] arguments) {
            Map<String, String> addresses = new LinkedHashMap<>();
            for (String member : arguments[2].split(",", -1)) {
                int equals = member.indexOf('=');
                addresses.put(member.substring(0, equals), member.substring(equals + 1));
            }
            return new Order(
                    arguments[0],
                    Path.of(arguments[1]),
                    addresses,
                    Integer.parseInt(arguments[3]),
                    Long.parseLong(arguments[4]),
                    Integer.parseInt(arguments[5]));
        }
    }

    /** Begins to open; every member must have begun before one can be ready. */
    void begin();

    /** Waits until it is open. */
    void awaitOpen();

    /** Tells whether it leads. */
    boolean leads();

    /** Begins a load. */
    void begin(Load load);

    /** Waits for the end of the load that was begun, and returns what came of it. */
    LoopReport end();

    /** Begins to wait until nothing goes on in the background, but not longer than so. */
    void beginSettling(Duration most);

    /** Waits for the end of that. */
    void endSettling();

    /** Closes it. */
    @Override
    void close();
}
