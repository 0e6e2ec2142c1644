package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.engine.HistoryRetention;
import io.hightower.kv.engine.Options;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class HistoryFlagsTest {
    /** Returns options as a server makes of them when no flag speaks of history. */
    static Options asServed(Options options) {
        return options.withHistory(HistoryRetention.ofAge(Duration.ofHours(1)));
    }

    @Test
    void aServerAndAClusterKeepTheHistoryOfAnHourUnlessToldOtherwise() {
        assertThat(retention()).isEqualTo(HistoryRetention.ofAge(Duration.ofHours(1)));
        assertThat(new ServerCommand(Surroundings.ofProcess())
                        .options()
                        .engine()
                        .history())
                .isEqualTo(HistoryRetention.ofAge(Duration.ofHours(1)));
    }

    @Test
    void aTimeIsWrittenAsInEtcd() {
        assertThat(retention("--auto-compaction-retention=2")).isEqualTo(HistoryRetention.ofAge(Duration.ofHours(2)));
        assertThat(retention("--auto-compaction-retention=30m"))
                .isEqualTo(HistoryRetention.ofAge(Duration.ofMinutes(30)));
        assertThat(retention("--auto-compaction-mode=periodic", "--auto-compaction-retention=1h30m15s"))
                .isEqualTo(HistoryRetention.ofAge(Duration.ofSeconds(5415)));
    }

    @Test
    void aNumberOfRevisionsAndAnIntervalCanBeChosen() {
        assertThat(retention("--auto-compaction-mode=revision", "--auto-compaction-retention=1000"))
                .isEqualTo(HistoryRetention.ofRevisions(1000));
        assertThat(retention(
                        "--auto-compaction-interval=20s",
                        "--auto-compaction-retention=1000",
                        "--auto-compaction-mode=revision"))
                .isEqualTo(new HistoryRetention.Revisions(1000, Duration.ofSeconds(20)));
        assertThat(retention("--auto-compaction-interval=7m"))
                .isEqualTo(new HistoryRetention.Age(Duration.ofHours(1), Duration.ofMinutes(7)));
    }

    @Test
    void zeroKeepsEverythingAndNoneKeepsNothing() {
        assertThat(retention("--auto-compaction-retention=0")).isEqualTo(HistoryRetention.forever());
        assertThat(retention("--auto-compaction-retention=0h")).isEqualTo(HistoryRetention.forever());
        assertThat(retention("--auto-compaction-mode=revision", "--auto-compaction-retention=0"))
                .isEqualTo(HistoryRetention.forever());
        assertThat(retention("--auto-compaction-mode=none")).isEqualTo(HistoryRetention.none());
    }

    @Test
    void namesTheFlagThatIsWrong() {
        assertRefused("--auto-compaction-retention=PT0.999S bounds=PT1S", "--auto-compaction-retention=999ms");
        assertRefused("--auto-compaction-retention=PT1000000H", "--auto-compaction-retention=999999999999999999");
        assertRefused("--auto-compaction-retention: 'soon' is not a duration", "--auto-compaction-retention=soon");
        assertRefused("--auto-compaction-retention: '-1h' is not a duration", "--auto-compaction-retention=-1h");
        assertRefused("--auto-compaction-interval=PT0S bounds=PT1S", "--auto-compaction-interval=0");
        assertRefused("needs a number of revisions", "--auto-compaction-mode=revision");
        assertRefused("it is 5m", "--auto-compaction-mode=revision", "--auto-compaction-retention=5m");
        assertRefused(
                "leave --auto-compaction-retention out",
                "--auto-compaction-mode=none",
                "--auto-compaction-retention=1");
        assertRefused(
                "--auto-compaction-interval=PT1M", "--auto-compaction-mode=none", "--auto-compaction-interval=1m");
        assertRefused(
                "--auto-compaction-interval=PT1M", "--auto-compaction-retention=0", "--auto-compaction-interval=1m");
    }

    @Test
    void theHelpOfServerAndClusterNamesEachFlagWithItsDefault() {
        for (Object command :
                List.of(new ServerCommand(Surroundings.ofProcess()), new ClusterCommand(Surroundings.ofProcess()))) {
            for (String flag : List.of("mode", "retention", "interval")) {
                OptionSpec option = new CommandLine(command).getCommandSpec().findOption("--auto-compaction-" + flag);
                assertThat(String.join(" ", option.description())).contains("Default: ");
            }
        }
    }

    private static void assertRefused(String reason, String... flags) {
        assertThatThrownBy(() -> FlagNames.naming(() -> retention(flags)))
                .as(String.join(" ", flags))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    private static HistoryRetention retention(String... flags) {
        HistoryFlags parsed = new HistoryFlags();
        new CommandLine(parsed).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(flags);
        return parsed.retention();
    }
}
