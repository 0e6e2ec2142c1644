package io.hightower.kv.engine.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Starts a program on a directory, kills it at a random moment, starts it again, and so on. Every program holds what it finds
 * against what the ones before acknowledged, and fails if that is not possible. <b>Used by one thread.</b>
 */
final class KillLoop {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int OPENING_MILLIS_MAX = 400;
    private static final int WRITING_MILLIS_MAX = 1200;
    private static final int REPORT_EVERY = 10;

    private final Path directory;
    private final Path errors;
    private final long seed;
    private final Sabotage sabotage;
    private final Consumer<String> progress;

    /** The last step of each thread that was acknowledged or found; read from a program's output, nothing else. */
    private final List<Long> acknowledged = new ArrayList<>(Collections.nCopies(VictimProgram.THREADS, 0L));

    private long acknowledgements;
    private int killedOpening;
    private int cycle;

    KillLoop(Path scratch, long seed, Sabotage sabotage, Consumer<String> progress) {
        this.directory = scratch.resolve("store");
        this.errors = scratch.resolve("errors.txt");
        this.seed = seed;
        this.sabotage = sabotage;
        this.progress = progress;
    }

    /** What happened. */
    record Summary(int killed, int killedOpening, long acknowledgements, long newestFile) {}

    /**
     * Kills so many programs, and lets a last one look.
     *
     * @throws AssertionError if something acknowledged is lost, or anything else is wrong
     */
    Summary run(int kills) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        for (cycle = 1; cycle <= kills; cycle++) {
            boolean opening = random.nextInt(4) == 0;
            long millis = random.nextLong(opening ? OPENING_MILLIS_MAX : WRITING_MILLIS_MAX);
            long micros = random.nextLong(1000);
            Duration delay = Duration.ofMillis(millis).plusNanos(1000 * micros);
            runOne(random.nextLong(), opening ? "opening" : "found", Optional.of(delay));
            if (cycle % REPORT_EVERY == 0 || cycle == kills) {
                progress.accept("kills=" + cycle + " of " + kills + " seed=" + seed + " " + summary(cycle));
            }
        }
        runOne(random.nextLong(), "found", Optional.empty());
        return summary(kills);
    }

    private Summary summary(int killed) throws IOException {
        return new Summary(killed, killedOpening, acknowledgements, newestFile());
    }

    /**
     * Runs one program.
     *
     * @param moment the line from which the delay is counted
     * @param delay until it is killed; nothing to let it look and end by itself
     */
    private void runOne(long optionsSeed, String moment, Optional<Duration> delay)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                directory.toString(),
                Long.toString(seed),
                Long.toString(optionsSeed),
                sabotage.name(),
                Boolean.toString(delay.isPresent())));
        acknowledged.forEach(step -> arguments.add(step.toString()));
        boolean found;
        try (Victim victim = Victim.start(arguments, errors)) {
            long deadline = patience();
            found = listen(victim, moment, deadline);
            require(System.nanoTime() < deadline, "is not ready within " + PATIENCE);
            if (delay.isPresent()) {
                require(!victim.hasEnded(), "ended by itself");
                found |= listen(victim, "end", System.nanoTime() + delay.get().toNanos());
                require(!victim.hasEnded(), "ended by itself");
                victim.kill();
            }
            // What it said until now is in the pipe.
            found |= listen(victim, "end", patience());
            require(victim.hasEnded(), "neither goes on nor ends within " + PATIENCE);
        }
        require(found || delay.isPresent(), "ended without looking");
        killedOpening += found ? 0 : 1;
    }

    private static long patience() {
        return System.nanoTime() + PATIENCE.toNanos();
    }

    /** Takes lines until one begins so, the time comes or the program ends; true if one told what was found. */
    private boolean listen(Victim victim, String beginning, long untilNanos) throws InterruptedException {
        boolean found = false;
        while (true) {
            Optional<String> line = victim.nextLine(untilNanos);
            if (line.isEmpty()) {
                return found;
            }
            found |= take(line.get());
            if (line.get().startsWith(beginning) || System.nanoTime() > untilNanos) {
                return found;
            }
        }
    }

    /** Takes note of a line; true if it tells what was found. */
    private boolean take(String line) {
        String[] words = line.split(" ", -1);
        return switch (words[0]) {
            case "opening" -> false;
            case "found" -> {
                for (int thread = 0; thread < VictimProgram.THREADS; thread++) {
                    acknowledged.set(thread, Long.parseLong(words[1 + thread]));
                }
                yield true;
            }
            case "ack" -> {
                int thread = Integer.parseInt(words[1]);
                acknowledged.set(thread, Math.max(acknowledged.get(thread), Long.parseLong(words[2])));
                acknowledgements++;
                yield false;
            }
            default -> throw wrong(line);
        };
    }

    /** Returns the highest number of a table or history file. */
    private long newestFile() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("\\d{12}-.*"))
                    .mapToLong(name -> Long.parseLong(name.substring(0, 12)))
                    .max()
                    .orElse(0);
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw wrong(otherwise);
        }
    }

    private AssertionError wrong(String what) {
        return new AssertionError(what + "\nseed=" + seed + " cycle=" + cycle + " acknowledged=" + acknowledged
                + " directory=" + directory + " errors=" + errors);
    }
}
