#include "relay-image/backup/s3_object_store.hpp"

#include <mutex>

#include <curl/curl.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"

namespace berth::relay {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kLeastBytesPerSecond = 1024;  ///< Slower for kSlowSeconds is no answer.
constexpr long kSlowSeconds = 30;
constexpr std::size_t kMaxAnswer = 256 << 20;

void PrepareCurl()
{
    static std::once_flag once;
    std::call_once(once, [] { BERTH_ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

std::size_t Receive(char* bytes, std::size_t, std::size_t count, void* into)
{
    auto& text = *static_cast<std::string*>(into);
    if (text.size() + count > kMaxAnswer) return 0;
    text.append(bytes, count);
    return count;
}

Error Unavailable(const std::string& why)
{
    return Fail(ErrorCode::kUnavailable, "OBJECTS_UNAVAILABLE", "The object store: " + why);
}

/// Headers of one request.
class Headers {
public:
    explicit Headers(std::initializer_list<const char*> lines)
    {
        for (const auto* line : lines) list_ = curl_slist_append(list_, line);
    }
    ~Headers() { curl_slist_free_all(list_); }
    Headers(const Headers&) = delete;
    Headers& operator=(const Headers&) = delete;
    curl_slist* list() const { return list_; }

private:
    curl_slist* list_ = nullptr;
};

}  // namespace

struct S3ObjectStore::Answer {
    long status = 0;
    std::string body;
};

struct S3ObjectStore::Request {
    const char* method;
    const std::string& name;
    std::string_view body;
    bool has_body;
};

S3ObjectStore::S3ObjectStore(S3Settings settings) : settings_{std::move(settings)}
{
    PrepareCurl();
    curl_ = curl_easy_init();
    BERTH_ASSERT(curl_);
}

S3ObjectStore::~S3ObjectStore() { curl_easy_cleanup(curl_); }

Result<S3ObjectStore::Answer> S3ObjectStore::Send(const Request& request)
{
    const auto url =
        settings_.endpoint + "/" + settings_.bucket + "/" + settings_.prefix + request.name;
    const auto signature = "aws:amz:" + settings_.region + ":s3";
    const auto user = settings_.access_key + ":" + settings_.secret_key.Expose();
    const auto hash = "x-amz-content-sha256: " + ToHex(Sha256(request.body));
    const Headers headers{"Content-Type: application/octet-stream", "Expect:", hash.c_str()};
    Answer answer;
    curl_easy_reset(curl_);
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, request.method);
    curl_easy_setopt(curl_, CURLOPT_AWS_SIGV4, signature.c_str());
    curl_easy_setopt(curl_, CURLOPT_USERPWD, user.c_str());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers.list());
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, kLeastBytesPerSecond);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, kSlowSeconds);
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, Receive);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &answer.body);
    if (request.has_body) {
        curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, request.body.data());
    }
    const auto code = curl_easy_perform(curl_);
    if (code != CURLE_OK) return Unavailable(curl_easy_strerror(code));
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &answer.status);
    if (answer.status >= 500 || answer.status == 429) {
        return Unavailable("it answers " + std::to_string(answer.status) + ".");
    }
    if (answer.status >= 300 && answer.status != 404) {
        return Fail(ErrorCode::kForbidden, "OBJECTS_REFUSED",
                    "The object store answers " + std::to_string(answer.status) + ": " +
                        answer.body.substr(0, 300));
    }
    return answer;
}

Result<void> S3ObjectStore::Put(const std::string& name, std::string_view bytes)
{
    const auto answer = Send({"PUT", name, bytes, true});
    if (!answer) return answer.error();
    if (answer->status != 404) return {};
    return Fail(ErrorCode::kForbidden, "OBJECTS_REFUSED",
                "The bucket " + settings_.bucket + " is not there.");
}

Result<std::string> S3ObjectStore::Get(const std::string& name)
{
    auto answer = Send({"GET", name, {}, false});
    if (!answer) return answer.error();
    if (answer->status != 404) return std::move(answer->body);
    return Fail(ErrorCode::kNotFound, "NO_SUCH_OBJECT", "There is no object " + name + ".");
}

Result<void> S3ObjectStore::Erase(const std::string& name)
{
    const auto answer = Send({"DELETE", name, {}, false});
    if (!answer) return answer.error();
    return {};
}

}  // namespace berth::relay
