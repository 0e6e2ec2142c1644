package io.hightower.kv.storage.file;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.DirectoryInUseException;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program of its own that takes the lock of a directory and holds it until its input ends. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws IOException {
        try (Disk.DirectoryLock lock = FileDisk.open(Path.of(arguments[0])).lock()) {
            System.out.println("holding " + (lock != null));
            System.out.flush();
            while (System.in.read() >= 0) {
                // Whoever started this program closes its input to end it.
            }
        } catch (DirectoryInUseException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }

    /** Starts the program and returns once it holds the lock. */
    static Process start(Path directory) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath(),
                        LockHolder.class.getName(),
                        directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = String.valueOf(process.inputReader().readLine());
        if (!answer.startsWith("holding")) {
            throw new IOException("The other process did not get the lock: " + answer);
        }
        return process;
    }

    private static String classPath() {
        return Stream.of(codeSources())
                .map(source -> Path.of(URI.create(source.toString())).toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Returns where the classes are that locking needs; under test the class path itself may be hidden in one jar. */
    static URL[] codeSources() {
        return Stream.of(LockHolder.class, FileDisk.class, Bytes.class)
                .map(type -> Objects.requireNonNull(type.getProtectionDomain().getCodeSource())
                        .getLocation())
                .toArray(URL[]::new);
    }
}
