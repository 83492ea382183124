// Written by `npm run api` from act-on-api.json. Do not edit.

export type paths = {
    "/api/1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/account/senders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listEmailSenders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/user": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description One failing user does not stop the others. */
        post: operations["createUsers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/user/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["deleteUsers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/user/{email}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listAssets"];
        put?: never;
        /** @description Without a file the empty list's id comes back. */
        post: operations["createList"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/{listid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["downloadList"];
        put: operations["updateList"];
        post?: never;
        delete: operations["deleteList"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/{jobid}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getListUploadStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/rejectedUploadRecords": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRejectedUploadRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/{listid}/record": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Updates only the first match; otherwise inserts. */
        put: operations["upsertListRecord"];
        post: operations["addListRecord"];
        /** @description Partial failure is still 200, then typed text/plain. */
        delete: operations["deleteListRecords"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/{listid}/record/{recordid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getListRecord"];
        put: operations["updateListRecord"];
        post?: never;
        delete: operations["deleteListRecord"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/{listid}/record/{recordid}/facts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getListRecordHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/lookup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["lookupRecordByCookie"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/lookup/{listid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["lookupListRecord"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/subscription/category": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSubscriptionCategories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/subscription/optout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listCategoryOptOuts"];
        /** @description Without action the documented example opts in. */
        put: operations["setSubscription"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/subscription/setcategories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Omitting category opts out of all. */
        put: operations["setSubscriptions"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/hardbounce": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listHardBounces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/spamcomplaint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSpamComplaints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/optout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listOptOuts"];
        /** @description CSV with a single column of addresses. */
        put: operations["addOptOuts"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/list/optin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Needs a feature that Act-On switches on. */
        put: operations["removeOptOuts"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listMessages"];
        put?: never;
        post: operations["createMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/message/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["updateMessage"];
        post?: never;
        delete: operations["deleteMessage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/message/{id}/{recid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Returns an HTML page, though JSON is declared. */
        get: operations["getMessageHtml"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/message/{msgid}/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description A second send, not a retry. */
        put: operations["resendMessage"];
        /** @description Use msgid custom for a one-off; repeating sends again. */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ete/v1/email/{accountid}/{templateid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["sendTemplateEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listCampaigns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/campaigns/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getCampaign"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/program": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listPrograms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/message/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMessageReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/message/{id}/report/{drilldown}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMessageReportDrilldown"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/message/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMessageReportByMonth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/media/{id}/report/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMediaReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/media/{id}/report/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMediaMessageReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/media/{id}/report/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMediaViewReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/media/{id}/report/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMediaTimelineReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/form/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getFormReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/page/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLandingPageReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/logo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Paged envelope, but no paging parameters are documented. */
        get: operations["listLogos"];
        put?: never;
        /** @description Send file or imagelink. */
        post: operations["addLogo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/logo/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLogo"];
        put: operations["updateLogo"];
        post?: never;
        delete: operations["deleteLogo"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/header": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listHeaders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/header/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addHeader"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/header/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getHeader"];
        put: operations["updateHeader"];
        post?: never;
        delete: operations["deleteHeader"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/footer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listFooters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/footer/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addFooter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/footer/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getFooter"];
        put: operations["updateFooter"];
        post?: never;
        delete: operations["deleteFooter"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listImages"];
        put?: never;
        post: operations["addImage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/image/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getImage"];
        /** @description A different folder creates a new image. */
        put: operations["replaceImage"];
        post?: never;
        delete: operations["deleteImage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/media/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/medialink": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addMediaLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/media/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMedia"];
        put: operations["replaceMedia"];
        post?: never;
        delete: operations["deleteMedia"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/form": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A form appears once per folder, and under All Forms. */
        get: operations["listForms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/form/{id}/urls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getFormUrls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listLandingPages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/page/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLandingPage"];
        put?: never;
        post?: never;
        delete: operations["deleteLandingPage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/page/{id}/urls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLandingPageUrls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/customevents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["uploadCustomEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/customevents/{id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getCustomEventUploadStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/customevents/fact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addCustomEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/seoreport": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["runSeoReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/1/seokeywords": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSeoKeywords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/import/contacts/{importDefinitionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description JSON body is declared as text/plain; 200 MB limit. */
        post: operations["importContacts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/import/definition": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listImportDefinitions"];
        put?: never;
        post: operations["createImportDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/import/definition/{importDefinitionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getImportDefinition"];
        put: operations["updateImportDefinition"];
        post?: never;
        delete: operations["deleteImportDefinition"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/import/status/{importId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getImportStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contact/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listContacts"];
        put?: never;
        post: operations["createContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contact/byFields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Body is the array of field names to return. */
        post: operations["listContactsByFields"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contact/cookieId/{cookieId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactByCookie"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contact/email/{emailAddress}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactsByEmail"];
        put: operations["updateContactsByEmail"];
        post?: never;
        delete: operations["deleteContactByEmail"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contact/emails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteContactsByEmails"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contact/externalId/{objectType}/{externalId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactByExternalId"];
        /** @description Falls back to an e-mail match. */
        put: operations["updateContactByExternalId"];
        post?: never;
        delete: operations["deleteContactByExternalId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contact/id/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContact"];
        put: operations["updateContact"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contact/ids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteContacts"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contactReport/email/{emailAddress}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactActivityByEmail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contactReport/email/{emailAddress}/scores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactScoresByEmail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contactReport/email/{emailAddress}/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactSegmentsByEmail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contactReport/externalId/{objectType}/{externalId}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactActivityByExternalId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contactReport/externalId/{objectType}/{externalId}/scores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactScoresByExternalId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contactReport/externalId/{objectType}/{externalId}/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactSegmentsByExternalId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contactReport/id/{id}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactActivity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contactReport/id/{id}/scores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactScores"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/contactReport/id/{id}/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactSegments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/schema/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getContactSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/schema/field/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addContactField"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/schema/field/{fieldId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["updateContactField"];
        post?: never;
        delete: operations["deleteContactField"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/segment/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSegments"];
        put?: never;
        post: operations["createSegment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/segment/{segmentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSegment"];
        /** @description Direct select segments: only the name changes. */
        put: operations["updateSegment"];
        post?: never;
        delete: operations["deleteSegment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/segment/{segmentId}/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSegmentContacts"];
        put: operations["addSegmentContacts"];
        post?: never;
        delete: operations["removeSegmentContacts"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/segment/{segmentId}/email/contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["removeSegmentContactByEmail"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ucl/v2/{accountId}/segment/{segmentId}/externalId/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["addSegmentContactsByExternalId"];
        post?: never;
        delete: operations["removeSegmentContactsByExternalId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/schema/all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listCustomSchemas"];
        put?: never;
        post?: never;
        /** @description Destroys every schema and its data. */
        delete: operations["deleteAllCustomSchemas"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["createCustomSchema"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/schema/{objectId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getCustomSchema"];
        put: operations["updateCustomSchema"];
        post?: never;
        delete: operations["deleteCustomSchema"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/schema/{objectId}/field": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["updateCustomFields"];
        post: operations["addCustomFields"];
        /** @description Body is an array of field names. */
        delete: operations["deleteCustomFields"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/query/{objectId}/{datasetId}/joinWithOther": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["queryCustomData"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/query/{objectId}/{datasetId}/joinWithOtherInternal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["queryCustomDataInternal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/query/joinWithOtherPreflight": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["warmCustomDataQuery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/data/all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listAllDatasets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/data/{objectId}/all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listDatasets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/data/{objectId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["createDataset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/data/{objectId}/{identifier}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getDataset"];
        put?: never;
        post: operations["updateDataset"];
        delete: operations["deleteDataset"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/data/{objectId}/{identifier}/json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["ingestJson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/data/{objectId}/{identifier}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["ingestFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/data/{objectId}/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["validateDatasetFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/data/status/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getIngestJobStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/data/report/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getIngestJobReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/custom-objects/v1/{accountId}/data/{objectId}/{identifier}/ids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteDatasetRecords"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
};
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        /** @enum {string} */
        YesNo: "Y" | "N";
        CodeError: {
            /** @description Usually a number; one example shows text. */
            errorCode: number | string;
            message: string;
        };
        GatewayError: {
            httpCode: string;
            httpMessage: string;
            /** @description May be empty. */
            moreInformation?: string;
        };
        ContactsError: {
            errors: string[];
        };
        ServiceError: {
            errorId?: string;
            requestUri?: string;
            errorMessage?: string;
            errorList?: string[];
            status?: string;
        };
        EmailServiceError: {
            errorName: string;
            message: string;
        };
        TokenError: {
            error: string;
            error_description?: string;
        };
        AnyError: components["schemas"]["CodeError"] | components["schemas"]["GatewayError"] | components["schemas"]["ContactsError"] | components["schemas"]["ServiceError"] | components["schemas"]["EmailServiceError"];
        StatusMessage: {
            status: string;
            message?: string;
        };
        StatusMessageId: {
            status: string;
            message?: string;
            id?: string;
        };
        /** @description Prefix f- (file) or u- (link). */
        FileId: string;
        /** @description For example l-0001. */
        ListId: string;
        /** @description For example l-0001:12. */
        RecordId: string;
        PasswordGrant: {
            /** @enum {string} */
            grant_type: "password";
            username: string;
            password: string;
            client_id: string;
            client_secret: string;
        };
        RefreshGrant: {
            /** @enum {string} */
            grant_type: "refresh_token";
            refresh_token: string;
            client_id: string;
            client_secret: string;
        };
        CodeGrant: {
            /** @enum {string} */
            grant_type: "authorization_code";
            code: string;
            redirect_uri: string;
            client_id: string;
            client_secret: string;
        };
        Token: {
            access_token: string;
            refresh_token?: string;
            scope?: string;
            token_type: string;
            /** @description Seconds; 3600 in current examples. */
            expires_in?: number;
        };
        Account: {
            account_id: number;
            cname?: string;
            user_name?: string;
            user_email?: string;
            account_name?: string;
            user_type?: string;
            isAdmin?: boolean;
            login?: string;
            time_zone?: string;
        };
        /** @description Privilege groups may be added; their nesting is not known. */
        NewUser: {
            /** @enum {string} */
            userType: "Marketing" | "Sales";
            email: string;
            firstName: string;
            lastName: string;
            password: string;
            title?: string;
            phoneNumber?: string;
            mobileNumber?: string;
            faxNumber?: string;
            timeZone?: string;
            /** @description Sources disagree: Yes/No or Y/N. */
            sendEmailConfirmation?: string;
        } & {
            [key: string]: unknown;
        };
        UserResult: {
            email: string;
            /** @enum {string} */
            status: "ok" | "error";
            privilegeResponses?: unknown[];
            confirmationEmailResponse?: {
                email?: string;
                status?: string;
            };
        };
        UserEmail: {
            email: string;
        };
        /** @description Known for contact lists only; other listing types undocumented. */
        ListAsset: {
            id: string;
            name: string;
            folderName?: string;
            sourceId?: string;
            baseId?: string;
            description?: string;
            /** @description Row count as text. */
            sourceSize?: string;
            sourceName?: string;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            tsLastModified?: number;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            tsLastCounted?: number;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            tsSource?: number;
            /** @description Date text with zone name. */
            sourceTS?: string;
            bIsSingleton?: boolean;
            bIsList?: boolean;
            bIsSforce?: boolean;
            bIsSforceReport?: boolean;
            bIsSforceAvailable?: boolean;
            bIsMSDyn?: boolean;
            bIsMSDynAvailable?: boolean;
            bIsSugar?: boolean;
            bIsSugarAvailable?: boolean;
            bIsSL?: boolean;
            bIsSLAvailable?: boolean;
            bIsNsuite?: boolean;
            bIsNsuiteAvailable?: boolean;
        };
        ListAssetPage: {
            offset: number;
            count: number;
            totalCount: number;
            result: components["schemas"]["ListAsset"][];
        };
        ListDownload: {
            listId: components["schemas"]["ListId"];
            offset: number;
            count: number;
            totalCount: number;
            /** @description Zero-based index into headers. */
            emailColumn?: number;
            headers: string[];
            data: string[][];
        };
        /** @enum {string} */
        ListColumnType: "EMAIL" | "FIRSTNAME" | "LASTNAME" | "MIDDLENAME" | "COMPANY" | "JOBTITLE" | "DEPT" | "BIZ_STREET" | "BIZ_CITY" | "BIZ_STATE" | "BIZ_ZIP" | "BIZ_COUNTRY" | "HOME_STREET" | "HOME_CITY" | "HOME_STATE" | "HOME_ZIP" | "HOME_COUNTRY" | "BIZ_PHONE" | "BIZ_FAX" | "HOME_PHONE" | "HOME_FAX" | "CELL_PHONE" | "BIZ_WEB" | "HOME_WEB";
        /** @description One entry must have columnType EMAIL. */
        UploadSpecs: {
            columnHeading: string;
            columnIndex: number | string;
            columnType?: components["schemas"]["ListColumnType"];
            ignoreColumn?: components["schemas"]["YesNo"];
        }[];
        MergeSpecs: {
            /** @enum {string} */
            mergeMode: "APPEND" | "APPEND_NO_DUPLICATES" | "UPSERT" | "UPDATE_ONLY" | "REPLACE";
            dstListId: components["schemas"]["ListId"];
            columnMap: unknown[];
            /** @description Text 1 to make a segment. */
            createSegment?: string;
            /** @default EMAIL */
            mergeKeyHeading?: string;
        }[];
        /** @enum {string} */
        FieldSeparator: "COMMA" | "SEMICOLON";
        /** @enum {string} */
        QuoteCharacter: "NONE" | "SINGLE_QUOTE" | "DOUBLE_QUOTE";
        CreateListForm: {
            listname: string;
            foldername?: string;
            headings?: components["schemas"]["YesNo"];
            fieldseparator?: components["schemas"]["FieldSeparator"];
            quotecharacter: components["schemas"]["QuoteCharacter"];
            uploadspecs: components["schemas"]["UploadSpecs"];
            /** Format: binary */
            file?: Blob;
        };
        UpdateListForm: {
            headings?: components["schemas"]["YesNo"];
            fieldseparator?: components["schemas"]["FieldSeparator"];
            quotecharacter: components["schemas"]["QuoteCharacter"];
            uploadspecs: components["schemas"]["UploadSpecs"];
            mergespecs: components["schemas"]["MergeSpecs"];
            putEmptyValues?: components["schemas"]["YesNo"];
            /** Format: binary */
            file: Blob;
        };
        UploadAccepted: {
            status: string;
            message?: string;
            /** @description Text in docs; number in one client. */
            jobId: string | number;
        };
        ListCreated: {
            status: string;
            message?: string;
            listId: components["schemas"]["ListId"];
        };
        ListJobStatus: {
            /** @description success, or a sentence while pending or running. */
            status: string;
            /** @description Same content as details, as JSON text. */
            jobDetails?: string;
            details?: {
                status?: string;
                listId?: components["schemas"]["ListId"];
                appendCount?: number;
                updateCount?: number;
                failedCount?: number;
                rejectedCount?: number;
            };
        };
        BulkDeleteResult: {
            success_count: number;
            fail_count: number;
            failedList: {
                id?: string;
                reason?: string;
            }[];
        };
        /** @description Keys are column headings or system column types. */
        ListRecordInput: {
            [key: string]: string;
        };
        ListRecordResult: {
            status: string;
            message?: string;
            id?: components["schemas"]["RecordId"];
            contact_id?: components["schemas"]["RecordId"];
        };
        ListRecordUpdated: {
            status: string;
            message?: string;
            id?: components["schemas"]["RecordId"];
            contact_id?: components["schemas"]["RecordId"];
        };
        /** @description Positional: record id first, then list headers order. */
        ListRecordRow: string[];
        ListRecordLookup: {
            contactID?: components["schemas"]["RecordId"];
        } & {
            [key: string]: string;
        };
        RecordHistory: {
            activity?: {
                score?: number;
                ScorePeriod?: string;
                ScoreDetails?: {
                    id?: string;
                    idType?: string;
                    specific?: boolean;
                    profile?: boolean;
                    action?: string;
                    score?: number;
                }[];
                entries?: unknown[];
                EntryMonthsAvailable?: string[];
                HasProfileScore?: boolean;
                HasScoreSheet?: boolean;
                HasBehaviorScore?: boolean;
                firstInbound?: string;
                lastInbound?: string;
                firstOutbound?: string;
                lastOutbound?: string;
            };
            activitylist?: {
                Bin?: string;
                InScoreRange?: boolean;
                d?: string;
                m?: string;
                y?: string;
                /**
                 * Format: int64
                 * @description Epoch milliseconds.
                 */
                WhenMillis?: number;
                What?: string;
                Verb?: string;
                ago?: string;
                Icon?: string;
                Responses?: unknown[];
                id?: string;
                idType?: string;
            }[];
        };
        SuppressionPage: {
            offset: number;
            count: number;
            /** @description Always -1; do not use. */
            totalCount?: number;
            result: {
                email: string;
                /**
                 * Format: int64
                 * @description Epoch milliseconds.
                 */
                timestamp?: number;
                origin?: string;
            }[];
        };
        CategoryOptOutPage: {
            offset: number;
            count: number;
            totalCount: number;
            result: {
                email: string;
                /**
                 * Format: int64
                 * @description Epoch milliseconds.
                 */
                timestamp?: number;
            }[];
        };
        SubscriptionCategory: {
            id: string;
            name: string;
            description?: string;
            headerid?: string;
            headername?: string;
        };
        OptListResult: {
            status: string;
            message?: string;
            emptyRecords?: number;
            rejectedRecords?: number;
            /** @description A file name, not a URL. */
            rejectedRecordsUrl?: string;
        };
        EmailFile: {
            /** Format: binary */
            file: Blob;
        };
        MessageSummary: {
            msgId?: string;
            name?: string;
            msgType?: string;
            /** @description Epoch milliseconds as text. */
            timeStamp?: string;
            timeWhen?: string;
            senderName?: string;
            senderId?: string;
            /** @enum {string} */
            isTextOnly?: "true" | "false";
            senderEmail?: string;
            /**
             * @deprecated
             * @description Older spelling.
             */
            title?: string;
            /**
             * @deprecated
             * @description Older spelling.
             */
            msg_id?: string;
            /**
             * @deprecated
             * @description Older spelling.
             */
            time_when?: string;
            /**
             * @deprecated
             * @description Older spelling.
             */
            sender_name?: string;
            /**
             * @deprecated
             * @description Older spelling.
             */
            sender_id?: string;
            /**
             * @deprecated
             * @description Older spelling.
             */
            is_text_only?: string;
            /**
             * @deprecated
             * @description Older spelling.
             */
            timestamp?: number;
            /**
             * @deprecated
             * @description Older spelling.
             */
            sender_email?: string;
        };
        MessagePage: {
            offset: number;
            count: number;
            totalCount: number;
            msgresult: components["schemas"]["MessageSummary"][];
            id?: number;
        };
        CreateMessageForm: {
            /** @enum {string} */
            type: "draft" | "template";
            subject: string;
            title?: string;
            htmlbody?: string;
            textbody?: string;
            foldername?: string;
            sendername?: string;
            senderemail?: string;
            headerid?: string;
            footerid?: string;
            logoid?: string;
            isnewcomposer?: boolean;
        };
        UpdateMessageForm: {
            subject?: string;
            title?: string;
            htmlbody?: string;
            textbody?: string;
        };
        SendMessageForm: {
            title?: string;
            iscustom?: components["schemas"]["YesNo"];
            senderemail: string;
            sendername: string;
            istextonly?: components["schemas"]["YesNo"];
            istransactional?: components["schemas"]["YesNo"];
            issuppressduplicates?: components["schemas"]["YesNo"];
            /** @description Comma-separated list ids. */
            sendtoids?: string;
            /** @description Comma-separated list ids. */
            suppressids?: string;
            /** @description Comma-separated record ids. */
            sendtorecids?: string;
            /**
             * Format: int64
             * @description Epoch; docs show milliseconds, one client sends seconds.
             */
            when: number;
            /**
             * Format: int64
             * @description Epoch; docs show milliseconds, one client sends seconds.
             */
            whenend?: number;
            subject?: string;
            htmlbody?: string;
            textbody?: string;
            headerid?: string;
            footerid?: string;
            logoid?: string;
            categoryid?: string;
            timezone?: string;
            /** @enum {string} */
            createcrmmsgsentnotes?: "true" | "false";
            replytoemail?: string;
            replytoname?: string;
        };
        ResendMessageForm: {
            /** @description Comma-separated list ids. */
            sendtoids?: string;
            /** @description Comma-separated record ids. */
            sendtorecids?: string;
            /** @description Comma-separated list ids. */
            suppressids?: string;
            issuppressduplicates?: components["schemas"]["YesNo"];
            /**
             * Format: int64
             * @description Epoch; docs show milliseconds, one client sends seconds.
             */
            when?: number;
        };
        TemplateEmail: {
            envelope: {
                toAddress: string;
                ccAddressList?: string[];
                fromAddress?: string;
                fromDisplayName?: string;
                replyToAddress?: string;
            };
            content?: {
                subjectLine?: string;
                previewText?: string;
                personalizationDataMap?: {
                    [key: string]: string;
                };
            };
            metadata?: {
                transactional?: boolean;
                externalId?: string;
                tagList?: string[];
            };
            actions?: {
                trackOpens?: boolean;
                trackClicks?: boolean;
                deliveryWhenDelayed?: boolean | string;
            };
        };
        TemplateEmailResult: {
            success: boolean;
            message?: string;
            suppressedRecipients?: string[];
        };
        MessageReport: {
            status: string;
            sent?: number;
            /** @description Called deprecated by older docs. */
            delivered?: number;
            bounced?: number;
            hardBounced?: number;
            softBounced?: number;
            /** @description Two counts; likely unique, then total. */
            opened?: number[];
            /** @description Two counts; likely unique, then total. */
            effectiveopened?: number[];
            /** @description Two counts; likely unique, then total. */
            clicked?: number[];
            /** @description Two counts; likely unique, then total. */
            notsent?: number[];
            notopened?: number;
            optout?: number;
            spam?: number;
            lastOpen?: string;
            lastClick?: string;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            lastOpenTS?: number;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            lastClickTS?: number;
            rebroadcast?: number;
            rebroadcastClick?: number;
            msgId: string;
            subject?: string;
            title?: string;
            sentto?: string[];
            suppressedon?: string[];
        };
        /** @description Fields known from the CLICKED verb only. */
        DrilldownRow: {
            listid?: string;
            recid?: components["schemas"]["RecordId"];
            email?: string;
            name?: string;
            action?: string;
            data?: string;
            when?: string;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            ts?: number;
            linkURI?: string;
            ip?: string;
            os?: string;
            browser?: string;
        };
        DrilldownPage: {
            offset: number;
            count: number;
            totalCount: number;
            result: components["schemas"]["DrilldownRow"][];
        };
        MonthReport: {
            month: string;
            counts: {
                dayOfMonth?: number;
                dayOfWeek?: number;
                sent?: number;
                opened?: number;
                clicked?: number;
                bounced?: number;
                hardBounced?: number;
                softBounced?: number;
                optedOut?: number;
            }[];
        };
        MediaReport: {
            total_known_views?: number;
            total_unknown_views?: number;
            unique_known_views?: number;
            unique_unknown_views?: number;
            total_messages?: number;
            total_from_messages?: number;
            unique_from_messages?: number;
        };
        MediaView: {
            known?: boolean;
            recipient?: string;
            campaign?: string;
            action?: string;
            total_count?: number;
            srcid?: string;
            cid?: string;
            tstamp?: string;
        };
        MediaDay: {
            /** @description MM/DD/YYYY. */
            date?: string;
            unique?: number;
            total?: number;
            known?: number;
            unknown?: number;
        };
        FormReport: {
            count: number;
            result: {
                source?: string;
                views?: number;
                submits?: number;
                unique?: number;
                percent?: number;
                non_submitters?: string | number;
            }[];
        };
        LandingPageReport: {
            unique_unknown_visits?: number;
            total_visits?: number;
            incoming_traffic?: {
                [key: string]: number;
            };
        };
        Program: {
            id: string;
            name: string;
            isFavorite?: boolean;
            description?: string;
            srcIds?: string[];
            srcNames?: string[];
            messageIds?: string[];
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            createdTS?: number;
            created?: string;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            modifiedTs?: number;
            modified?: string;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            nextrunTS?: number;
            nextrun?: string | null;
            progstate?: string;
            valid?: boolean;
            running?: boolean;
            active?: number;
            tagNames?: string[];
            scheduled?: boolean;
        };
        ProgramFolders: {
            folders: {
                id?: number;
                name?: string;
                programs: components["schemas"]["Program"][];
            }[];
            anyRunning?: boolean;
        };
        Logo: {
            /** @description For example i-4. */
            id: string;
            title?: string;
            url_str?: string;
            url_str_ts?: string;
            alt_txt?: string;
            tool_tip?: string;
            target_url?: string;
        };
        LogoPage: {
            offset: number;
            count: number;
            totalCount: number;
            result: components["schemas"]["Logo"][];
        };
        LogoForm: {
            name: string;
            alttext?: string;
            tooltip?: string;
            targeturl?: string;
            /** Format: binary */
            file?: Blob;
            imagelink?: string;
        };
        UpdateLogoForm: {
            name?: string;
            alttext?: string;
            tooltip?: string;
            targeturl?: string;
            /** Format: binary */
            file?: Blob;
            imagelink?: string;
        };
        BlockForm: {
            title?: string;
            html?: string;
            text?: string;
        };
        ImageSummary: {
            id: components["schemas"]["FileId"];
            name: string;
            size?: number;
            width?: string;
            height?: string;
            thumb?: string;
            url?: string;
            /** @description Epoch milliseconds as text. */
            creation_time?: string;
            /** @description Epoch milliseconds as text. */
            last_modified?: string;
        };
        ImageFolder: {
            name: string;
            entries: components["schemas"]["ImageSummary"][];
        };
        Image: {
            id: components["schemas"]["FileId"];
            display_name?: string;
            folder_name?: string;
            version?: number;
            size?: number;
            image_url?: string;
            thumb_url?: string;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            creation_time?: number;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            last_modified?: number;
        };
        ImageForm: {
            name?: string;
            foldername?: string;
            /** Format: binary */
            file: Blob;
        };
        ReplaceImageForm: {
            foldername?: string;
            /** @enum {string} */
            ignorefolder?: "Y";
            /** Format: binary */
            file: Blob;
        };
        MediaSummary: {
            id: components["schemas"]["FileId"];
            name: string;
            /** @description Bytes as text. */
            size?: string;
            target_url?: string;
            url?: string;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            creation_time?: number;
            /** @description Epoch milliseconds as text. */
            last_modified?: string;
        };
        MediaFolder: {
            name: string;
            entries: components["schemas"]["MediaSummary"][];
        };
        Media: {
            id: components["schemas"]["FileId"];
            name?: string;
            url?: string;
            target_url?: string;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            creation_time?: number;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            last_modified?: number;
        };
        MediaForm: {
            /** @description No slashes. */
            name?: string;
            foldername?: string;
            /** Format: binary */
            file: Blob;
        };
        MediaLinkForm: {
            url: string;
            name?: string;
            foldername?: string;
        };
        FormSummary: {
            id: string;
            title: string;
            description?: string;
            url?: string;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            creation_time?: number;
            /**
             * Format: int64
             * @description Epoch milliseconds.
             */
            modified?: number;
        };
        FormFolder: {
            folder: string;
            entries: components["schemas"]["FormSummary"][];
        };
        LandingPageSummary: {
            /** @description For example p-0001. */
            id: string;
            title: string;
            url?: string;
            /** @description Epoch milliseconds as text. */
            creation_time?: string;
            /** @description Epoch milliseconds as text. */
            modified?: string;
        };
        LandingPageFolder: {
            folder: string;
            entries: components["schemas"]["LandingPageSummary"][];
        };
        /** @enum {string} */
        CustomEventAction: "CUSTOM_DOWNLOADED" | "CUSTOM_REGISTERED" | "CUSTOM_ATTENDED" | "CUSTOM_GENERAL" | "CUSTOM_GENERAL1" | "CUSTOM_GENERAL2" | "CUSTOM_GENERAL3" | "CUSTOM_GENERAL4" | "CUSTOM_GENERAL5";
        CustomEventsForm: {
            destination: string;
            firstrow: components["schemas"]["YesNo"];
            /** @enum {string} */
            fieldseparator: "TAB" | "COMMA" | "SEMICOLON" | "SPACE";
            quotecharacter: components["schemas"]["QuoteCharacter"];
            customeventaction: components["schemas"]["CustomEventAction"];
            emailcolidx: number | string;
            datecolidx: number | string;
            titlecolidx: number | string;
            notecolidx?: number | string;
            titlecount?: number | string;
            /** @description Java-style pattern, for example yyyy-MM-dd. */
            dateformat: string;
            filename?: string;
            /** Format: binary */
            file: Blob;
        };
        CustomEventForm: {
            destination: string;
            /** @description Text true creates a missing destination. */
            createlistingentry?: string;
            customeventaction: components["schemas"]["CustomEventAction"];
            email: string;
            /** @description Date text in dateformat. */
            when: string;
            title: string;
            note?: string;
            dateformat: string;
        };
        CustomEventJobStatus: {
            status: string;
            jobDetails?: string;
            details?: {
                status?: string;
                customEventsId?: string;
                appendCount?: number;
                rejectedCount?: number;
            };
        };
        /** @description Documented for writing; reading it back is not documented. */
        Contact: {
            id?: string;
            email?: string;
            firstName?: string;
            middleName?: string;
            lastName?: string;
            title?: string;
            company?: string;
            department?: string;
            businessStreet?: string;
            businessCity?: string;
            businessState?: string;
            businessZip?: string;
            businessCountry?: string;
            businessPhone?: string;
            businessFax?: string;
            businessWebsite?: string;
            personalStreet?: string;
            personalCity?: string;
            personalState?: string;
            personalZip?: string;
            personalCountry?: string;
            personalWebsite?: string;
            homePhone?: string;
            mobilePhone?: string;
            picture?: string;
            timezone?: string;
            /** @description YYYY-MM-DD. */
            dateOfBirth?: string;
            objectType?: string;
            externalId?: string;
            legacyRecordId?: string;
            actonPrimaryScore?: string;
            createdDate?: string;
            updatedDate?: string;
            /** @description Keyed by column index. */
            customFields?: {
                [key: string]: unknown;
            };
        };
        ContactField: {
            fieldId: number;
            columnIndex?: number;
            name: string;
            type: components["schemas"]["ContactFieldType"];
            standardFieldMapping?: string | null;
            required?: boolean;
            readonly?: boolean;
            hidden?: boolean;
        };
        /** @enum {string} */
        ContactFieldType: "BOOLEAN" | "DATE" | "DATETIME" | "TEXT" | "NUMBER" | "SCORE" | "EMAIL" | "MULTI-TEXT";
        ContactFieldInput: {
            name: string;
            type: components["schemas"]["ContactFieldType"];
            /** @enum {string} */
            standardFieldMapping?: "EMAIL" | "FIRST_NAME" | "MIDDLE_NAME" | "LAST_NAME" | "COMPANY" | "TITLE" | "DEPARTMENT" | "BUSINESS_STREET" | "BUSINESS_CITY" | "BUSINESS_STATE" | "BUSINESS_ZIP" | "BUSINESS_COUNTRY" | "PERSONAL_STREET" | "PERSONAL_CITY" | "PERSONAL_STATE" | "PERSONAL_ZIP" | "PERSONAL_COUNTRY" | "BUSINESS_PHONE" | "BUSINESS_FAX" | "HOME_PHONE" | "MOBILE_PHONE" | "BUSINESS_WEBSITE" | "PERSONAL_WEBSITE" | "PICTURE" | "TIMEZONE" | "DATE_OF_BIRTH";
            required?: boolean;
            readonly?: boolean;
            hidden?: boolean;
        };
        ContactFieldUpdate: {
            name: string;
            type: components["schemas"]["ContactFieldType"];
            standardFieldMapping?: string;
            required?: boolean;
            readonly?: boolean;
            hidden?: boolean;
            fieldId?: number;
            columnIndex?: number;
        };
        ContactSchema: {
            accountId?: string;
            columns: components["schemas"]["ContactField"][];
        };
        ContactFieldResult: {
            source?: components["schemas"]["ContactField"];
            errorMessage?: string | null;
            statusCode?: number;
            objectId?: string | null;
            isSuccess: boolean;
        };
        Segment: {
            /** @description For example g-000b. */
            id: string;
            name: string;
            type?: components["schemas"]["SegmentType"];
            parentId?: string;
            filter?: components["schemas"]["SegmentFilter"] | null;
        };
        /** @enum {string} */
        SegmentType: "DIRECT_SELECT" | "QUERY" | "SEARCH";
        SegmentFilter: {
            type?: string;
            /** @enum {string} */
            expressionEvaluationType?: "AND" | "OR" | "CUSTOM";
            customBooleanExpression?: string;
            expressions?: {
                /** @enum {string} */
                type?: "profile" | "system";
                id?: string;
                field?: string;
                condition?: {
                    type?: string;
                    comparison?: string;
                    values?: string[];
                };
            }[];
        } & {
            [key: string]: unknown;
        };
        SegmentInput: {
            name: string;
            /** @description Top level: l-unified-contacts. */
            parentId: string;
            type: components["schemas"]["SegmentType"];
            filter?: components["schemas"]["SegmentFilter"];
        };
        SegmentUpdate: {
            id?: string;
            name?: string;
            parentId?: string;
            type?: string;
            filter?: components["schemas"]["SegmentFilter"];
        };
        SegmentResult: {
            source?: components["schemas"]["Segment"];
            errorMessage?: string | null;
            statusCode?: number;
            objectId?: string | null;
            isSuccess: boolean;
        };
        ExternalContact: {
            objectType?: string;
            externalId?: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @default OLDEST_CONTACT
         * @enum {string}
         */
        UpsertContactPolicy: "OLDEST_CONTACT" | "NEWEST_CONTACT" | "ADD_NEW_CONTACT" | "ALL_CONTACTS" | "SKIP_EXISTING_CONTACT" | "SKIP_NEW_CONTACT";
        ImportMapping: {
            csvColumn: string;
            /** @description ExternalId targets the external id. */
            actonColumn: string;
            overwriteExistingValue?: boolean;
            /** @description Date pattern; needed for dates. */
            dataFormat?: string | null;
        };
        ImportDefinitionInput: {
            accountId: string;
            importDefinitionName: string;
            importDefinitionId?: number;
            /**
             * @default EMAIL
             * @enum {string}
             */
            mergeStrategy: "EMAIL" | "EXTERNAL_ID";
            /** @description Needed when mergeStrategy is EXTERNAL_ID. */
            objectType?: string;
            mappings: components["schemas"]["ImportMapping"][];
            importSegmentIds?: string[];
            /**
             * @default COMMA
             * @enum {string}
             */
            delimiter?: "COMMA" | "SEMI_COLON" | "TAB";
            /**
             * @default QUOTE
             * @enum {string}
             */
            quote?: "QUOTE" | "SIMPLE_QUOTE";
        };
        ImportDefinition: {
            accountId?: string;
            importDefinitionId: number;
            importDefinitionName: string;
            mergeStrategy?: string;
            objectType?: string | null;
            mappings?: components["schemas"]["ImportMapping"][];
            importSegmentIds?: string[] | null;
            delimiter?: string;
            quote?: string;
        };
        ImportDefinitionData: {
            data: components["schemas"]["ImportDefinition"];
        };
        ImportStatus: {
            accountId?: string;
            importId: string;
            importDefinitionId?: number;
            /** @description RUNNING and COMPLETED are known; others are not. */
            importStatus: string;
            errorMessage?: string | null;
            submittedCount?: number;
            unsubmittedCount?: number;
            createdCount?: number;
            updatedCount?: number;
            failedCount?: number;
            rejectedCount?: number;
        };
        ImportStatusData: {
            data: components["schemas"]["ImportStatus"];
        };
        CustomField: {
            id?: string;
            name?: string;
            /** @description JSON, ENUM, STRING_ARRAY, DATE, DATETIME, CURRENCY known. */
            type?: string;
            description?: string;
            displayName?: string;
            extraData?: string;
            properties?: {
                format?: string;
                formatHint?: string;
                timezone?: string;
                enumName?: string;
                enumValues?: string;
                enumValuesCaseSensitive?: string;
                CSVSeparator?: string;
                currencyCode?: string;
            } & {
                [key: string]: string;
            };
        };
        CustomRelationship: {
            name?: string;
            description?: string;
            type?: string;
            fieldName?: string;
            fieldValue?: string;
            otherObject?: string;
            otherFieldName?: string;
            otherFieldValue?: string;
            properties?: {
                [key: string]: string;
            };
        };
        CustomSchemaInput: {
            name?: string;
            description?: string;
            dataType?: string;
            fields?: components["schemas"]["CustomField"][];
            requiredFields?: string[];
            uniqueFieldSet?: string[];
            eventTimestampField?: string;
            primaryEmailField?: string;
            externalIdField?: string;
            objectTypeField?: string;
            relationships?: components["schemas"]["CustomRelationship"][];
        };
        DatasetInput: {
            name?: string;
            description?: string;
            isDefault?: boolean;
        };
        DatasetDelete: {
            /** @description Comma-separated ids. */
            ids?: string;
            firstId?: string;
            lastId?: string;
        };
        DataPaging: {
            /**
             * Format: int32
             * @description Zero-based.
             */
            page?: number;
            /** Format: int32 */
            size?: number;
            nextPageToken?: string | null;
            /**
             * @default OFFSET
             * @enum {string}
             */
            pageStrategy?: "OFFSET" | "CURSOR";
        };
        DataSort: {
            /** @description Prefix aoc. or co. */
            field: string;
            /**
             * @default asc
             * @enum {string}
             */
            direction?: "asc" | "desc";
        };
        DataJoin: {
            /** @default false */
            useDefaults?: boolean;
            /** @default true */
            joinEnabled?: boolean;
            /** @default false */
            onlyMatching?: boolean;
            /** @enum {string} */
            duplicates?: "allow" | "noOtherJoinFieldsDuplicates" | "noBaseJoinFieldsDuplicates" | "noJoinFieldsDuplicates";
            /** @default updatedDate */
            otherOrderByField?: string;
            /**
             * @default last
             * @enum {string}
             */
            otherSelector?: "first" | "last";
            /** @default sys.createdAt */
            baseOrderByField?: string;
            /**
             * @default last
             * @enum {string}
             */
            baseSelector?: "first" | "last";
        };
        DataQuery: {
            otherObject?: string;
            otherDataset?: string;
            selectFields?: string[];
            pagination?: components["schemas"]["DataPaging"];
            sortFields?: components["schemas"]["DataSort"][];
            filterExpression?: string;
            joinStrategy?: components["schemas"]["DataJoin"];
            searchTerm?: string;
            datetimeFieldsTimezone?: string;
            /**
             * Format: int32
             * @deprecated
             */
            page?: number;
            /**
             * Format: int32
             * @deprecated
             */
            size?: number;
            /** @deprecated */
            sortBy?: string;
            /** @deprecated */
            sortByDirection?: string;
        };
        ValidateForm: {
            /** Format: binary */
            file: Blob;
            /** @description csv (default) or json. */
            fileType?: string;
        };
        IngestForm: {
            /** Format: binary */
            file: Blob;
        };
    };
    responses: {
        /** @description Gateway rejected the token. */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayError"];
            };
        };
        /** @description Any other failure; shape not promised. */
        OtherError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AnyError"];
            };
        };
        /** @description Numeric error code. */
        CodeError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["CodeError"];
            };
        };
        /** @description Text body, usually empty. */
        EmptyText: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "text/plain": string;
            };
        };
        /** @description Empty text, or a gateway body. */
        UnauthorizedOrEmpty: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "text/plain": string;
                "application/json": components["schemas"]["GatewayError"];
            };
        };
        /** @description Shape known for imports only. */
        ContactsBadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ContactsError"];
            };
        };
        /** @description Custom data service error. */
        ServiceError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ServiceError"];
            };
        };
        /** @description Service error declared; a gateway body is as likely. */
        ServiceUnauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ServiceError"] | components["schemas"]["GatewayError"];
            };
        };
        /** @description Declared without a schema. */
        ServiceErrorLikely: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ServiceError"];
            };
        };
        /** @description Named exception. */
        EmailServiceError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["EmailServiceError"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
};
export type $defs = Record<string, never>;
export interface operations {
    getAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listEmailSenders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    createUsers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUser"][];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserResult"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteUsers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserEmail"][];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listAssets: {
        parameters: {
            query?: {
                /** @description Lower case documented; clients send upper case. */
                listingtype?: "contact_list" | "header" | "footer" | "sender" | "media" | "pages" | "custom_events" | "template_message" | "draft_message" | "landing_page" | "sent_message" | "triggered_message" | "test_message" | "failed_message" | "scheduled_message" | "CONTACT_LIST";
                count?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAssetPage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    createList: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["CreateListForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadAccepted"] | components["schemas"]["ListCreated"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    downloadList: {
        parameters: {
            query?: {
                count?: number;
                offset?: number;
                /** @description Epoch milliseconds. */
                modbefore?: number;
                /** @description Epoch milliseconds. */
                modafter?: number;
                /** @description Epoch milliseconds. */
                createdbefore?: number;
                /** @description Epoch milliseconds. */
                createdafter?: number;
                /** @description Semicolon-separated headings; excludes datequalifiers. */
                fields?: string;
                /** @description Adds created and modified columns; excludes fields. */
                datequalifiers?: boolean;
                responseformat?: "JSON" | "CSV";
            };
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDownload"];
                    "text/csv": string;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    updateList: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UpdateListForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadAccepted"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteList: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getListUploadStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                jobid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListJobStatus"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getRejectedUploadRecords: {
        parameters: {
            query: {
                filename: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    upsertListRecord: {
        parameters: {
            query: {
                email: string;
                async?: components["schemas"]["YesNo"];
            };
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListRecordInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListRecordUpdated"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    addListRecord: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListRecordInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListRecordResult"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteListRecords: {
        parameters: {
            query: {
                /** @description Comma-separated record ids, at most 100. */
                contactids: string;
            };
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkDeleteResult"];
                    "text/plain": components["schemas"]["BulkDeleteResult"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getListRecord: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
                recordid: components["schemas"]["RecordId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListRecordRow"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    updateListRecord: {
        parameters: {
            query?: {
                returncontact?: components["schemas"]["YesNo"];
            };
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
                recordid: components["schemas"]["RecordId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListRecordInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListRecordUpdated"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteListRecord: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
                recordid: components["schemas"]["RecordId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessage"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getListRecordHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
                recordid: components["schemas"]["RecordId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordHistory"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    lookupRecordByCookie: {
        parameters: {
            query: {
                cookie: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    lookupListRecord: {
        parameters: {
            query?: {
                email?: string;
                /** @description Tried before email; send at least one. */
                cookieid?: string;
            };
            header?: never;
            path: {
                listid: components["schemas"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListRecordLookup"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listSubscriptionCategories: {
        parameters: {
            query?: {
                /** @description With it: categories this address opted into. */
                email?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionCategory"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listCategoryOptOuts: {
        parameters: {
            query: {
                category: string;
                count?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CategoryOptOutPage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    setSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    email: string;
                    category: string;
                    /** @enum {string} */
                    action?: "optin" | "optout";
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    setSubscriptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    email: string;
                    /** @description Repeat the field per category. */
                    category?: string[];
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listHardBounces: {
        parameters: {
            query?: {
                count?: number;
                offset?: number;
                /** @description Epoch; milliseconds likely. */
                createdbefore?: number;
                /** @description Epoch; milliseconds likely. */
                createdafter?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuppressionPage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listSpamComplaints: {
        parameters: {
            query?: {
                count?: number;
                offset?: number;
                /** @description Epoch; milliseconds likely. */
                createdbefore?: number;
                /** @description Epoch; milliseconds likely. */
                createdafter?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuppressionPage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listOptOuts: {
        parameters: {
            query?: {
                count?: number;
                offset?: number;
                /** @description Epoch; milliseconds likely. */
                createdbefore?: number;
                /** @description Epoch; milliseconds likely. */
                createdafter?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuppressionPage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    addOptOuts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["EmailFile"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OptListResult"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    removeOptOuts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["EmailFile"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OptListResult"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listMessages: {
        parameters: {
            query?: {
                type?: "DRAFT" | "TEMPLATE" | "SENT" | "TRIGGERED" | "FAILED" | "SCHEDULED";
                count?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    createMessage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["CreateMessageForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessageId"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    updateMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["UpdateMessageForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessageId"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getMessageHtml: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                recid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    resendMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                msgid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["ResendMessageForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                msgid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["SendMessageForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    sendTemplateEmail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountid: string | number;
                templateid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TemplateEmail"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateEmailResult"];
                };
            };
            /** @description Bad template, or recipient suppressed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmailServiceError"] | components["schemas"]["TemplateEmailResult"];
                };
            };
            401: components["responses"]["Unauthorized"];
            500: components["responses"]["EmailServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    listCampaigns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listPrograms: {
        parameters: {
            query: {
                type: "TRACK" | "EVENT" | "LIST_MAINT";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProgramFolders"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getMessageReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageReport"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getMessageReportDrilldown: {
        parameters: {
            query?: {
                count?: number;
                offset?: number;
                responseformat?: "JSON" | "CSV";
            };
            header?: never;
            path: {
                id: string;
                drilldown: "SENT" | "SUPPRESSED" | "OPENED" | "CLICKED" | "BOUNCED" | "OPT_OUT" | "SPAM";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrilldownPage"];
                    "text/csv": string;
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["CodeError"];
            default: components["responses"]["OtherError"];
        };
    };
    getMessageReportByMonth: {
        parameters: {
            query?: {
                /** @description YYMM. */
                period?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MonthReport"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getMediaReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaReport"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getMediaMessageReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getMediaViewReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaView"][];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getMediaTimelineReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaDay"][];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getFormReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FormReport"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getLandingPageReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LandingPageReport"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listLogos: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogoPage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    addLogo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["LogoForm"];
                "application/x-www-form-urlencoded": components["schemas"]["LogoForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessageId"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            422: components["responses"]["CodeError"];
            default: components["responses"]["OtherError"];
        };
    };
    getLogo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Logo"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["CodeError"];
            default: components["responses"]["OtherError"];
        };
    };
    updateLogo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UpdateLogoForm"];
                "application/x-www-form-urlencoded": components["schemas"]["UpdateLogoForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessageId"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteLogo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["CodeError"];
            default: components["responses"]["OtherError"];
        };
    };
    listHeaders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    addHeader: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["BlockForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getHeader: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    updateHeader: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["BlockForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteHeader: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listFooters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    addFooter: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["BlockForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getFooter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    updateFooter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["BlockForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteFooter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listImages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageFolder"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    addImage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["ImageForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessageId"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Image"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    replaceImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["ReplaceImageForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessageId"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["CodeError"];
            default: components["responses"]["OtherError"];
        };
    };
    listMedia: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaFolder"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    addMedia: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["MediaForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessageId"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CodeError"];
            default: components["responses"]["OtherError"];
        };
    };
    addMediaLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["MediaLinkForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessageId"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Media"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    replaceMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessageId"];
                };
            };
            400: components["responses"]["CodeError"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusMessage"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["CodeError"];
            default: components["responses"]["OtherError"];
        };
    };
    listForms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FormFolder"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getFormUrls: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listLandingPages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LandingPageFolder"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getLandingPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteLandingPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getLandingPageUrls: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    uploadCustomEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["CustomEventsForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadAccepted"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getCustomEventUploadStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomEventJobStatus"];
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    addCustomEvent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["CustomEventForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    runSeoReport: {
        parameters: {
            query?: {
                url?: string;
                keyword?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    listSeoKeywords: {
        parameters: {
            query?: {
                url?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    importContacts: {
        parameters: {
            query?: {
                cleanupImportDefinition?: boolean;
            };
            header?: never;
            path: {
                accountId: string | number;
                importDefinitionId: number | string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["ImportStatusData"];
                    "application/json": components["schemas"]["ImportStatusData"];
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["UnauthorizedOrEmpty"];
            403: components["responses"]["EmptyText"];
            413: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    listImportDefinitions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["UnauthorizedOrEmpty"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    createImportDefinition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportDefinitionInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportDefinitionData"];
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["UnauthorizedOrEmpty"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getImportDefinition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                importDefinitionId: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["UnauthorizedOrEmpty"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    updateImportDefinition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                importDefinitionId: number | string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportDefinitionInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteImportDefinition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                importDefinitionId: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["UnauthorizedOrEmpty"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getImportStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                importId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportStatusData"];
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["UnauthorizedOrEmpty"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    listContacts: {
        parameters: {
            query?: {
                page?: number;
                pageSize?: number;
                /** @description Epoch seconds. */
                createdAfter?: number;
                /** @description Epoch seconds. */
                createdBefore?: number;
                /** @description Epoch seconds. */
                updatedAfter?: number;
                /** @description Epoch seconds. */
                updatedBefore?: number;
            };
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            406: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    createContact: {
        parameters: {
            query: {
                createContactMethod: "EMAIL" | "EXTERNAL_ID";
            };
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Contact"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            406: components["responses"]["EmptyText"];
            409: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    listContactsByFields: {
        parameters: {
            query?: {
                page?: number;
                pageSize?: number;
                /** @description Epoch seconds. */
                createdAfter?: number;
                /** @description Epoch seconds. */
                createdBefore?: number;
                /** @description Epoch seconds. */
                updatedAfter?: number;
                /** @description Epoch seconds. */
                updatedBefore?: number;
            };
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": string[];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactByCookie: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                cookieId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactsByEmail: {
        parameters: {
            query?: {
                page?: number;
                pageSize?: number;
            };
            header?: never;
            path: {
                accountId: string | number;
                emailAddress: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            406: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    updateContactsByEmail: {
        parameters: {
            query?: {
                upsertContactPolicy?: components["schemas"]["UpsertContactPolicy"];
            };
            header?: never;
            path: {
                accountId: string | number;
                emailAddress: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Contact"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            406: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteContactByEmail: {
        parameters: {
            query?: {
                deleteContactPolicy?: string;
            };
            header?: never;
            path: {
                accountId: string | number;
                emailAddress: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            406: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteContactsByEmails: {
        parameters: {
            query?: {
                deleteContactPolicy?: string;
            };
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": string[];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            406: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactByExternalId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectType: string;
                externalId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            406: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    updateContactByExternalId: {
        parameters: {
            query?: {
                upsertContactPolicy?: components["schemas"]["UpsertContactPolicy"];
            };
            header?: never;
            path: {
                accountId: string | number;
                objectType: string;
                externalId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Contact"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            406: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteContactByExternalId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectType: string;
                externalId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": boolean;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            406: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            406: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    updateContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Contact"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            406: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteContacts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": string[];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactActivityByEmail: {
        parameters: {
            query?: {
                monthsOfPastData?: number;
            };
            header?: never;
            path: {
                accountId: string | number;
                emailAddress: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactScoresByEmail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                emailAddress: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactSegmentsByEmail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                emailAddress: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactActivityByExternalId: {
        parameters: {
            query?: {
                monthsOfPastData?: number;
            };
            header?: never;
            path: {
                accountId: string | number;
                objectType: string;
                externalId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactScoresByExternalId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectType: string;
                externalId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactSegmentsByExternalId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectType: string;
                externalId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactActivity: {
        parameters: {
            query?: {
                monthsOfPastData?: number;
            };
            header?: never;
            path: {
                accountId: string | number;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactScores: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactSegments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getContactSchema: {
        parameters: {
            query?: {
                skipHidden?: boolean;
                skipReadOnly?: boolean;
            };
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactSchema"];
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    addContactField: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactFieldInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactFieldResult"];
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    updateContactField: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                fieldId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactFieldUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteContactField: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                fieldId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    listSegments: {
        parameters: {
            query?: {
                page?: number;
                pageSize?: number;
            };
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    createSegment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SegmentInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentResult"];
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            409: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    getSegment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                segmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    updateSegment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                segmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SegmentUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EmptyText"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteSegment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                segmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EmptyText"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    listSegmentContacts: {
        parameters: {
            query?: {
                page?: number;
                pageSize?: number;
            };
            header?: never;
            path: {
                accountId: string | number;
                segmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    addSegmentContacts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                segmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": string[];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    removeSegmentContacts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                segmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": string[];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    removeSegmentContactByEmail: {
        parameters: {
            query: {
                email: string;
                policy: string;
            };
            header?: never;
            path: {
                accountId: string | number;
                segmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["EmptyText"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    addSegmentContactsByExternalId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                segmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExternalContact"][];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    removeSegmentContactsByExternalId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                segmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExternalContact"][];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ContactsBadRequest"];
            401: components["responses"]["Unauthorized"];
            415: components["responses"]["EmptyText"];
            500: components["responses"]["EmptyText"];
            default: components["responses"]["OtherError"];
        };
    };
    listCustomSchemas: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteAllCustomSchemas: {
        parameters: {
            query?: {
                hard?: boolean;
            };
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    createCustomSchema: {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomSchemaInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            409: components["responses"]["ServiceErrorLikely"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    getCustomSchema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            404: components["responses"]["ServiceErrorLikely"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    updateCustomSchema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomSchemaInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            404: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteCustomSchema: {
        parameters: {
            query?: {
                hard?: boolean;
            };
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            404: components["responses"]["ServiceErrorLikely"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    updateCustomFields: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomField"][];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            404: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    addCustomFields: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomField"][];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            404: components["responses"]["ServiceErrorLikely"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteCustomFields: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": string[];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            404: components["responses"]["ServiceErrorLikely"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    queryCustomData: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
                datasetId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DataQuery"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "text/plain": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            404: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    queryCustomDataInternal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
                datasetId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DataQuery"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "text/plain": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            404: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    warmCustomDataQuery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    listAllDatasets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    listDatasets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    createDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DatasetInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    getDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
                identifier: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            404: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    updateDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
                identifier: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DatasetInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            404: components["responses"]["ServiceErrorLikely"];
            409: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
                identifier: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    ingestJson: {
        parameters: {
            query: {
                /** @description upsert, replace or delete; case not certain. */
                ingestMode: string;
                abortOnInvalidRow: boolean;
                description?: string;
                createNewDataset?: boolean;
            };
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
                identifier: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: unknown;
                }[];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            409: components["responses"]["ServiceErrorLikely"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    ingestFile: {
        parameters: {
            query?: {
                ingestMode?: "UPSERT" | "REPLACE" | "DELETE" | "DELETE_DATASET";
                createNewDataset?: boolean;
                abortOnInvalidRow?: boolean;
                description?: string;
                /** @description csv or json. */
                fileType?: string;
            };
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
                identifier: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["IngestForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            409: components["responses"]["ServiceErrorLikely"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    validateDatasetFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["ValidateForm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            409: components["responses"]["ServiceErrorLikely"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    getIngestJobStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    getIngestJobReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": Blob;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            415: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
    deleteDatasetRecords: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string | number;
                objectId: string;
                identifier: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DatasetDelete"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["ServiceError"];
            401: components["responses"]["ServiceUnauthorized"];
            403: components["responses"]["ServiceErrorLikely"];
            500: components["responses"]["ServiceError"];
            default: components["responses"]["OtherError"];
        };
    };
}
