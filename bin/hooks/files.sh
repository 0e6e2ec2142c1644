# Sourced by the hooks: fills the array `files` with the text files to check, as paths from the top of the repository.
# These are the hook's arguments, or without any, every file that git tracks or would track.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2

files=()
while IFS= read -r -d '' file; do
    # -I: binary files match nothing, so that they drop out here. An empty file is no text to check either.
    if [ -f "$file" ] && [ ! -L "$file" ] && grep -qI '' -- "$file"; then
        files+=("$file")
    fi
done < <(
    if [ "$#" -gt 0 ]; then
        printf '%s\0' "$@"
    else
        git ls-files -z --cached --others --exclude-standard
    fi
)
