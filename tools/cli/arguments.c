/* arguments -- see arguments.h. */
#include "tools/cli/arguments.h"

#include <stdio.h>
#include <string.h>

#include "tools/cli/nearest.h"

/* Options of every command; help.c explains them. */
static const char *const EVERYWHERE[] = { "-C=", "--json", "--help", "-h", "--version", NULL };
static const char *const NONE[] = { NULL };

struct reader {
    const struct command *const *commands;
    int argc, at;
    char **argv;
    bool only_words; /* "--" was seen */
    struct invocation *read;
};

static size_t name_length(const char *spec)
{
    return strcspn(spec, "=");
}

static bool is_named(const char *spec, const char *name, size_t length)
{
    return name_length(spec) == length && strncmp(spec, name, length) == 0;
}

static const char *spec_find(const char *const *specs, const char *name, size_t length)
{
    for (; *specs; specs++)
        if (is_named(*specs, name, length))
            return *specs;
    return NULL;
}

static const char *const *verb_options(const struct reader *reader)
{
    const struct verb *verb = reader->read->verb;

    return verb && verb->options ? verb->options : NONE;
}

/* Only the name is repeated, never what followed "=": that may be somebody's number. */
static bool unknown_option(const struct reader *reader, const char *word, size_t length,
                           struct fault *fault)
{
    char name[NEAREST_LENGTH_MAX + 2], hint[NEAREST_TEXT_SIZE];

    snprintf(name, sizeof(name), "%.*s", (int)length, word);
    struct nearest nearest = { .word = name };
    for (const char *const *spec = EVERYWHERE; *spec; spec++)
        nearest_offer(&nearest, *spec, name_length(*spec));
    for (const char *const *spec = verb_options(reader); *spec; spec++)
        nearest_offer(&nearest, *spec, name_length(*spec));
    return fault_set(fault, FAULT_USAGE, "unknown option %s%s", name,
                     nearest_text(&nearest, hint));
}

static bool is_given(const struct arguments *arguments, const char *spec)
{
    for (int i = 0; i < arguments->option_count; i++)
        if (strcmp(arguments->options[i].name, spec) == 0)
            return true;
    return false;
}

static bool option_keep(struct arguments *arguments, const char *spec, const char *value,
                        struct fault *fault)
{
    int length = (int)name_length(spec);

    if (spec[strlen(spec) - 1] != '*' && is_given(arguments, spec))
        return fault_set(fault, FAULT_USAGE, "%.*s is given twice", length, spec);
    if (arguments->option_count == ARGUMENTS_OPTIONS_MAX)
        return fault_set(fault, FAULT_USAGE, "more than %d options", ARGUMENTS_OPTIONS_MAX);
    arguments->options[arguments->option_count].name = spec;
    arguments->options[arguments->option_count++].value = value;
    return true;
}

static bool take_option(struct reader *reader, const char *word, struct fault *fault)
{
    size_t length = name_length(word);
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    const char *spec = spec_find(EVERYWHERE, word, length);

    if (!spec)
        spec = spec_find(verb_options(reader), word, length);
    if (!spec)
        return unknown_option(reader, word, length, fault);
    if (spec[length] != '=')
        return value ? fault_set(fault, FAULT_USAGE, "%s takes no value", spec)
                     : option_keep(&reader->read->arguments, spec, "", fault);
    if (!value && reader->at + 1 < reader->argc
        && strncmp(reader->argv[reader->at + 1], "--", 2) != 0)
        value = reader->argv[++reader->at];
    if (!value || !value[0])
        return fault_set(fault, FAULT_USAGE, "%.*s needs a value", (int)length, word);
    return option_keep(&reader->read->arguments, spec, value, fault);
}

static bool take_command(struct reader *reader, const char *word, struct fault *fault)
{
    char hint[NEAREST_TEXT_SIZE];
    struct nearest nearest = { .word = word };

    for (const struct command *const *row = reader->commands; *row; row++) {
        nearest_offer(&nearest, (*row)->noun, strlen((*row)->noun));
        if (strcmp((*row)->noun, word) != 0)
            continue;
        reader->read->command = *row;
        if ((*row)->verbs[0].name[0] == '\0')
            reader->read->verb = (*row)->verbs;
        return true;
    }
    return fault_set(fault, FAULT_USAGE, "unknown command '%.40s'%s", word,
                     nearest_text(&nearest, hint));
}

static bool take_verb(struct reader *reader, const char *word, struct fault *fault)
{
    char hint[NEAREST_TEXT_SIZE];
    struct nearest nearest = { .word = word };

    for (const struct verb *verb = reader->read->command->verbs; verb->name; verb++) {
        nearest_offer(&nearest, verb->name, strlen(verb->name));
        if (strcmp(verb->name, word) != 0)
            continue;
        reader->read->verb = verb;
        return true;
    }
    fault_set(fault, FAULT_USAGE, "%s: unknown verb '%.40s'%s", reader->read->command->noun,
              word, nearest_text(&nearest, hint));
    return fault_advise(fault, "see estafette %s --help", reader->read->command->noun);
}

static bool take_word(struct reader *reader, const char *word, struct fault *fault)
{
    struct arguments *arguments = &reader->read->arguments;

    if (!reader->read->command)
        return take_command(reader, word, fault);
    if (!reader->read->verb)
        return take_verb(reader, word, fault);
    if (arguments->count == ARGUMENTS_WORDS_MAX)
        return fault_set(fault, FAULT_USAGE, "more than %d arguments", ARGUMENTS_WORDS_MAX);
    arguments->words[arguments->count++] = word;
    return true;
}

static bool take(struct reader *reader, struct fault *fault)
{
    const char *word = reader->argv[reader->at];

    if (reader->only_words || word[0] != '-' || word[1] == '\0')
        return take_word(reader, word, fault);
    if (strcmp(word, "--") != 0)
        return take_option(reader, word, fault);
    reader->only_words = true;
    return true;
}

/* A value never starts with "--", so the word --json is the option wherever it stands. */
static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

static bool is_complete(const struct invocation *read, struct fault *fault)
{
    if (!read->command) {
        fault_set(fault, FAULT_USAGE, "which command?");
        return fault_advise(fault, "see estafette --help");
    }
    if (!read->verb) {
        fault_set(fault, FAULT_USAGE, "%s: what shall be done?", read->command->noun);
        return fault_advise(fault, "see estafette %s --help", read->command->noun);
    }
    return true;
}

static bool has_its_words(const struct invocation *read, struct fault *fault)
{
    const struct verb *verb = read->verb;
    const char *space = verb->name[0] ? " " : "";

    if (read->arguments.count >= verb->min_args && read->arguments.count <= verb->max_args)
        return true;
    fault_set(fault, FAULT_USAGE, "%s; usage: estafette %s%s%s %s",
              read->arguments.count < verb->min_args ? "an argument is missing"
                                                     : "there are too many arguments",
              read->command->noun, space, verb->name, verb->usage);
    return fault_advise(fault, "see estafette %s%s%s --help", read->command->noun, space,
                        verb->name);
}

bool arguments_read(const struct command *const *commands, int argc, char **argv,
                    struct invocation *invocation, struct fault *fault)
{
    struct reader reader = {
        .commands = commands, .argc = argc, .argv = argv, .read = invocation
    };
    const struct arguments *arguments = &invocation->arguments;

    invocation->cli.json = wants_json(argc, argv);
    for (reader.at = 1; reader.at < argc; reader.at++)
        if (!take(&reader, fault))
            return false;
    invocation->help = option(arguments, "--help") || option(arguments, "-h");
    invocation->version = option(arguments, "--version");
    invocation->cli.home = option(arguments, "-C");
    if (invocation->help || invocation->version)
        return true;
    return is_complete(invocation, fault) && has_its_words(invocation, fault);
}

const char *argument(const struct arguments *arguments, int n)
{
    return n < arguments->count ? arguments->words[n] : NULL;
}

int argument_count(const struct arguments *arguments)
{
    return arguments->count;
}

const char *option_nth(const struct arguments *arguments, const char *name, int n)
{
    for (int i = 0; i < arguments->option_count; i++)
        if (is_named(arguments->options[i].name, name, strlen(name)) && n-- == 0)
            return arguments->options[i].value;
    return NULL;
}

const char *option(const struct arguments *arguments, const char *name)
{
    return option_nth(arguments, name, 0);
}
