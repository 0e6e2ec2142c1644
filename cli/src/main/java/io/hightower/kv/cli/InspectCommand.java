package io.hightower.kv.cli;

import io.hightower.kv.cli.transfer.TextRecord;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.inspect.FileInspection;
import io.hightower.kv.storage.inspect.InspectionOptions;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code inspect} command. */
@Command(
        name = "inspect",
        description = {
            "Print a file of a data directory, or a state archive, as text.",
            "",
            "What the file is, its first bytes say, whatever its name. Damaged places are named, and what is behind them is "
                    + "printed where it can be found; the exit code is then 5. Nothing is locked or changed."
        },
        footer = {
            "",
            "Examples:",
            "  hightower inspect hightower-data/MANIFEST",
            "  hightower inspect --values --limit 20 hightower-data/000000000003-0a1b2c3d.table",
            "  hightower inspect hightower-data/log-00000000000000000001.log"
        })
@SuppressWarnings("FieldCanBeFinal") // picocli assigns the parameter
final class InspectCommand implements Callable<Integer> {
    /** Not read through the disk seam, which does not know it. */
    private static final String LOCK_FILE = "LOCK";

    private final Surroundings surroundings;

    @Mixin
    private final TextFlags text = new TextFlags();

    @Option(names = "--values", description = "Print values, and not their lengths only.")
    private boolean values;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many rows of content, 0 or more; all is read and checked. Default: all.")
    private long limit = Long.MAX_VALUE;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file.")
    private Path file = Path.of("");

    InspectCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 0) {
            throw new CommandFailure(
                    ExitCode.USAGE, "an option is out of bounds: limit=" + limit + " bounds=0 or more");
        }
        Path absolute = file.toAbsolutePath().normalize();
        Path directory = absolute.getParent();
        if (directory == null || !Files.isRegularFile(absolute)) {
            throw new CommandFailure(ExitCode.DISK, "there is no such file: file=" + file);
        }
        String name = String.valueOf(absolute.getFileName());
        try (OutputStream output = new BufferedOutputStream(surroundings.output())) {
            if (name.equals(LOCK_FILE)) {
                return printLock(absolute, output);
            }
            InspectionOptions options = new InspectionOptions(values, limit, this::notation);
            long damages = FileInspection.run(FileDisk.open(directory), name, options, line -> print(line, output));
            return damages == 0 ? ExitCode.OK : ExitCode.DAMAGED;
        } catch (StorageException e) {
            throw new CommandFailure(OfflineFailure.of(e), e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private static int printLock(Path lock, OutputStream output) throws IOException {
        print("file: " + LOCK_FILE, output);
        print("kind: the process that has, or had, the directory open", output);
        Files.readString(lock, StandardCharsets.ISO_8859_1).lines().forEach(line -> print("content: " + line, output));
        return ExitCode.OK;
    }

    /** Lines hold one character a byte, because keys and values need not be text. */
    private static void print(String line, OutputStream output) {
        try {
            output.write(line.getBytes(StandardCharsets.ISO_8859_1));
            output.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes keys and values as the other commands do. */
    private String notation(Bytes content) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            new TextRecord(text.show(content), Bytes.EMPTY).writeTo(line, TextRecord.Notation.ESCAPED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Behind the key come the tab, the empty value and the newline.
        return line.toString(StandardCharsets.ISO_8859_1).substring(0, line.size() - 2);
    }
}
