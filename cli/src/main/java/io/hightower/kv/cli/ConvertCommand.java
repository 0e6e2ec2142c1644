package io.hightower.kv.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.engine.Conversion;
import io.hightower.kv.engine.Options;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.state.StateHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code convert} command. */
@Command(
        name = "convert",
        description = {
            "Turn a data directory that nobody has open into that of another kind of server.",
            "",
            "--to cluster makes it the directory of the only member of a new cluster, with all its data, whether it was a store "
                    + "without a cluster, a checkpoint, or a member of another cluster. Start it, then add the other members, "
                    + "with empty directories. --to alone makes a member's directory that of a store without a cluster.",
            "",
            "After a majority of a cluster was lost for good: stop what is left of it, look at the directory of each survivor "
                    + "with --dry-run, and take the one whose log ended in the highest term, and of those the highest index. "
                    + "Convert it, and start the others anew, with empty directories. Never start a member of the old cluster "
                    + "again: there would be two histories.",
            "",
            "If the command is interrupted, run it again."
        },
        footer = {
            "",
            "Examples:",
            "  hightower convert --to cluster --data-dir hightower-data --dry-run",
            "  hightower convert --to cluster --data-dir hightower-data --name n1 "
                    + "--initial-advertise-peer-urls http://10.0.0.1:2380",
            "  hightower convert --to alone --data-dir hightower-data"
        })
final class ConvertCommand implements Callable<Integer> {
    private static final String DEFAULT_TOKEN = "hightower";

    private final Surroundings surroundings;

    /** What a directory can become. */
    enum Target {
        /** The only member of a new cluster. */
        CLUSTER,
        /** A store without a cluster. */
        ALONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(names = "--to", required = true, paramLabel = "KIND", description = "cluster or alone.")
    private Target target = Target.ALONE;

    @Option(names = "--data-dir", paramLabel = "DIR", description = "The data directory. Default: ./hightower-data.")
    private Path directory = Path.of("hightower-data");

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The member's name, with --to cluster. Default: default.")
    private @Nullable String name;

    @Option(
            names = "--initial-advertise-peer-urls",
            paramLabel = "URL",
            description =
                    "Where the other members will reach this one, with --to cluster. Default: http://127.0.0.1:2380.")
    private @Nullable String peerUrl;

    @Option(
            names = "--initial-cluster-token",
            paramLabel = "TOKEN",
            description = "Tells the new cluster apart from others, with --to cluster. Default: hightower.")
    private @Nullable String token;

    @Option(
            names = "--dry-run",
            description =
                    "Change nothing: print where the log of the member ended, and where the state in the files stands.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    ConvertCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CommandFailure(ExitCode.DISK, "there is no such directory: directory=" + directory);
        }
        Options options = FlagNames.naming(this::options);
        try {
            if (dryRun) {
                print(Conversion.look(options));
            } else {
                print(Conversion.run(options, Instant.now().getEpochSecond()));
            }
        } catch (StorageException e) {
            throw new CommandFailure(OfflineFailure.of(e), e);
        }
        return ExitCode.OK;
    }

    private Options options() {
        Options options = Options.at(directory);
        if (target == Target.CLUSTER) {
            return options.withCluster(ClusterOptions.of(name(), Map.of(name(), address()))
                    .withInitialClusterToken(Given.or(token, DEFAULT_TOKEN)));
        }
        if (name != null || peerUrl != null || token != null) {
            throw new IllegalArgumentException("a store without a cluster has no use for --name,"
                    + " --initial-advertise-peer-urls and --initial-cluster-token: leave them out with --to alone");
        }
        return options;
    }

    private String name() {
        return Given.or(name, "default");
    }

    private String address() {
        return PeerUrls.address("--initial-advertise-peer-urls", url());
    }

    private String url() {
        return Given.or(peerUrl, "http://127.0.0.1:2380");
    }

    private void print(Conversion.Sight sight) throws IOException {
        LogPosition applied = sight.state().position();
        if (json) {
            JsonLine.write(surroundings.output(), line -> {
                line.writeStringField("kind", target.toString());
                line.writeBooleanField("dryRun", true);
                writeLogEnd(line, sight.logEnded());
                line.writeNumberField("appliedTerm", applied.term());
                line.writeNumberField("appliedIndex", applied.index());
                line.writeNumberField("revision", sight.state().revision());
            });
            return;
        }
        write("nothing was changed: kind=" + target + logEnd(sight.logEnded()) + " appliedTerm=" + applied.term()
                + " appliedIndex=" + applied.index() + " revision="
                + sight.state().revision() + "\n");
    }

    private void print(Conversion.Outcome outcome) throws IOException {
        String hash = StateHash.toText(StateHash.of(outcome.state()));
        if (json) {
            JsonLine.write(surroundings.output(), line -> {
                line.writeStringField("kind", target.toString());
                line.writeNumberField("revision", outcome.state().revision());
                line.writeStringField("stateHash", hash);
                line.writeNumberField("entriesApplied", outcome.entriesApplied());
                writeLogEnd(line, outcome.logEnded());
                if (outcome.memberId().isPresent()) {
                    line.writeStringField("memberId", outcome.memberId().get().toString());
                }
            });
            return;
        }
        write("converted: kind=" + target + " revision=" + outcome.state().revision() + " stateHash=" + hash
                + " entriesApplied=" + outcome.entriesApplied() + logEnd(outcome.logEnded())
                + outcome.memberId().map(id -> " memberId=" + id).orElse("") + "\nstart it with: " + startLine()
                + "\n");
    }

    private static void writeLogEnd(JsonGenerator line, Optional<LogPosition> logEnded) throws IOException {
        if (logEnded.isPresent()) {
            line.writeNumberField("logEndedTerm", logEnded.get().term());
            line.writeNumberField("logEndedIndex", logEnded.get().index());
        }
    }

    private static String logEnd(Optional<LogPosition> logEnded) {
        return logEnded.map(end -> " logEndedTerm=" + end.term() + " logEndedIndex=" + end.index())
                .orElse("");
    }

    private String startLine() {
        String start = "hightower server --data-dir " + directory;
        if (target == Target.ALONE) {
            return start;
        }
        String tokenFlag = token == null ? "" : " --initial-cluster-token " + token;
        return start + " --name " + name() + " --initial-cluster " + name() + "=" + url()
                + " --initial-advertise-peer-urls " + url() + tokenFlag;
    }

    private void write(String text) throws IOException {
        surroundings.output().write(text.getBytes(StandardCharsets.UTF_8));
    }
}
