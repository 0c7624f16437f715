#!/usr/bin/env bash
# Posts a file as a comment on a pull request, or updates the existing one: the file's first
# line, an invisible mark, identifies it.
#
# usage: comment.sh NUMBER FILE     (GH_TOKEN and GITHUB_REPOSITORY as in a workflow; needs gh, jq)
set -euo pipefail

number=${1:?the number of the pull request}
file=${2:?the comment, in Markdown}
repository=${GITHUB_REPOSITORY:?the repository, as OWNER/NAME}

mark=$(head -n 1 "$file")
case $mark in
  '<!-- penstock-'*' -->') ;;
  *)
    echo "the first line of $file is no mark of Penstock's" >&2
    exit 1
    ;;
esac

# The oldest comment with the mark, from all pages; other comments are left alone.
id=$(gh api --paginate "repos/$repository/issues/$number/comments?per_page=100" |
  jq -r --slurp --arg mark "$mark" \
    '[flatten[] | select(.user.type == "Bot" and (.body | startswith($mark)))][0].id // empty')

body=$(mktemp)
trap 'rm -f "$body"' EXIT
jq --raw-input --slurp '{body: .}' "$file" >"$body"

if [ -n "$id" ]; then
  gh api --method PATCH "repos/$repository/issues/comments/$id" --input "$body" --silent
else
  gh api --method POST "repos/$repository/issues/$number/comments" --input "$body" --silent
fi
