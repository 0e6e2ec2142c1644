package io.hightower.kv.engine.planted;

import java.util.ArrayList;
import java.util.List;

/**
 * One bug, the place where it is planted, and the test that finds it. <b>Immutable.</b>
 *
 * @param name what is wrong, in words
 * @param source the source that is changed, from the root of the project
 * @param edits what is changed in it
 * @param test the class with its package, {@code #} and the method
 */
record PlantedBug(String name, String source, List<Edit> edits, String test) {
    private static final String STORAGE = "storage/src/main/java/io/hightower/kv/storage/";
    private static final String STORAGE_TESTS = "io.hightower.kv.storage.";
    private static final String WATCH = "engine/src/main/java/io/hightower/kv/engine/watch/";
    private static final String WATCH_TESTS = "io.hightower.kv.engine.watch.";
    private static final String STATEMACHINE = "statemachine/src/main/java/io/hightower/kv/statemachine/";
    private static final String STATEMACHINE_TESTS = "io.hightower.kv.statemachine.";
    private static final String REPLICATION = "replication-local/src/main/java/io/hightower/kv/replication/local/";

    /**
     * A change of text.
     *
     * @param original stands exactly once in the source
     * @param planted takes its place
     */
    record Edit(String original, String planted) {}

    /** Where a bug is to be planted. */
    record Place(String name, String source, List<Edit> edits) {
        /** Says what is changed there. */
        Place replace(String original, String planted) {
            List<Edit> more = new ArrayList<>(edits);
            more.add(new Edit(original, planted));
            return new Place(name, source, more);
        }

        /** Says what is left out there. */
        Place leaveOut(String original) {
            return replace(original, "");
        }

        /** Names the test of the storage module that finds the bug: its package and class, and the method. */
        PlantedBug foundBy(String testClass, String method) {
            return new PlantedBug(name, source, edits, STORAGE_TESTS + testClass + "#" + method);
        }

        /** Names the test of watches that finds the bug: its class, and the method. */
        PlantedBug foundByWatch(String testClass, String method) {
            return new PlantedBug(name, source, edits, WATCH_TESTS + testClass + "#" + method);
        }

        /** Names the test of the state machine that finds the bug: its package and class, and the method. */
        PlantedBug foundByStatemachine(String testClass, String method) {
            return new PlantedBug(name, source, edits, STATEMACHINE_TESTS + testClass + "#" + method);
        }

        /** Names the test that finds the bug. */
        PlantedBug foundBy(Class<?> testClass, String method) {
            return new PlantedBug(name, source, edits, testClass.getName() + "#" + method);
        }
    }

    /** Begins with a source of the storage module, from its package on. */
    static Place inStorage(String name, String source) {
        return new Place(name, STORAGE + source, List.of());
    }

    /** Begins with a source of the state machine, from its package on. */
    static Place inStatemachine(String name, String source) {
        return new Place(name, STATEMACHINE + source, List.of());
    }

    /** Begins with a source of the local replication. */
    static Place inReplication(String name, String source) {
        return new Place(name, REPLICATION + source, List.of());
    }

    /** Begins with a source of the watches. */
    static Place inWatch(String name, String source) {
        return new Place(name, WATCH + source, List.of());
    }

    /** Returns the row of the table in docs/testing.md. */
    String row() {
        String file = source.substring(source.lastIndexOf('/') + 1, source.lastIndexOf('.'));
        String simpleTest = test.substring(test.lastIndexOf('.') + 1).replace('#', '.');
        return "| " + name + " | `" + file + "` | `" + simpleTest + "` |";
    }

    @Override
    public String toString() {
        return name;
    }
}
